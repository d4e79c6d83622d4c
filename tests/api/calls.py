"""A program that calls the API for one person, as `curl` would: addresses in, JSON out."""

from typing import Any

from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from sponsors.enums import JobState
from sponsors.jobs.runner import run_claimed
from sponsors.models import Job, User

ROOT = "/api/v1/"


class Caller:
    """One person's calls. A status other than the expected one fails the test with what was answered."""

    def __init__(self, user: User | None = None, *, token: str = "") -> None:
        self.client = APIClient()
        if user is not None:
            token = Token.objects.get_or_create(user=user)[0].key
        if token:
            self.client.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        return self._answer(self.client.get(ROOT + path, query), expect)

    def post(self, path: str, body: dict[str, Any] | None = None, expect: int = 201) -> Any:
        return self._answer(self.client.post(ROOT + path, body or {}, format="json"), expect)

    def upload(self, path: str, body: dict[str, Any], expect: int = 201) -> Any:
        return self._answer(self.client.post(ROOT + path, body, format="multipart"), expect)

    def patch(self, path: str, body: dict[str, Any], expect: int = 200) -> Any:
        return self._answer(self.client.patch(ROOT + path, body, format="json"), expect)

    def put(self, path: str, body: dict[str, Any], expect: int = 200) -> Any:
        return self._answer(self.client.put(ROOT + path, body, format="json"), expect)

    def delete(self, path: str, expect: int = 204) -> Any:
        return self._answer(self.client.delete(ROOT + path), expect)

    def download(self, path: str) -> bytes:
        response = self.client.get(ROOT + path)
        assert response.status_code == 200, response.content[:500]
        return b"".join(response) if response.streaming else response.content

    def all(self, path: str, **query: Any) -> list[Any]:
        """Everything of a list that fits into one page."""
        return self.get(path, **query)["results"]

    def _answer(self, response: Any, expect: int) -> Any:
        assert response.status_code == expect, f"{response.status_code}: {response.content[:2000]!r}"
        return response.json() if response.content else None


def work() -> None:
    """Do what is queued, as the worker would."""
    for job in Job.objects.filter(state=JobState.NEW).order_by("created_at"):
        run_claimed(job.pk)
