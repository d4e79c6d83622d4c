from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.apps import apps

from sponsors.errors import Refusal

OUR_APPS = ("sponsors", "menus", "fiduciary")


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the project, by table."""
    models = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}


@pytest.fixture
def refuses(db: None) -> Callable[..., AbstractContextManager[None]]:
    """`with refuses("code"):` something that must be refused, and leave every row of every table as it was."""

    @contextmanager
    def check(code: str) -> Iterator[None]:
        before = all_rows()
        with pytest.raises(Refusal) as caught:
            yield
        assert caught.value.code == code
        assert caught.value.message.endswith("."), caught.value.message
        assert all_rows() == before

    return check
