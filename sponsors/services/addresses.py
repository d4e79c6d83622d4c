"""What rows are called in addresses: short names, and numbers within a plan or menu."""

from itertools import count
from typing import Any

from django.db import models
from django.utils.text import slugify

LONGEST = 60


def free_slug(model: type[models.Model], name: str) -> str:
    """The name as it can stand in an address, with a number behind it when it is taken."""
    base = slugify(name)[:LONGEST].strip("-") or model._meta.model_name or "item"
    candidates = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in candidates if not model._default_manager.filter(slug=slug).exists())


def next_number(rows: Any) -> int:
    """The number after the highest among `rows`, a queryset or manager; for services that hold a lock over them."""
    return (rows.aggregate(last=models.Max("number"))["last"] or 0) + 1
