"""Long lists, a page at a time."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


def page_of(request: HttpRequest, items: Any, size: int) -> Page[Any]:
    """The page that `?page=` asks for; nonsense gives the first, too far the last."""
    return Paginator(items, size).get_page(request.GET.get("page"))
