"""Every operation of the API, found by walking its addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sponsors.api.operations import Terms


@dataclass(frozen=True)
class Endpoint:
    """One method at one address; `id` is the schema's operation id."""

    id: str
    method: str
    name: str
    kwargs: tuple[str, ...]
    terms: Terms

    def path(self, objects: dict[str, Any]) -> str:
        return reverse(f"api:{self.name}", kwargs={name: objects[name] for name in self.kwargs})

    def __str__(self) -> str:
        return self.id


def endpoints() -> list[Endpoint]:
    found = []
    for pattern, prefix in _patterns(get_resolver("config.api")):
        view = pattern.callback
        for method, action in getattr(view, "actions", {}).items():
            if method == "head":
                continue
            noun, terms = view.cls.noun, getattr(view.cls, action).terms
            kwargs = tuple(part.rpartition(":")[2].rstrip(">") for part in _names(prefix))
            found.append(Endpoint(f"{noun}_{action}", method, pattern.name, kwargs, terms))
    return found


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[URLPattern, str]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            yield pattern, path


def _names(path: str) -> list[str]:
    return [part.partition(">")[0] for part in path.split("<")[1:]]
