"""Short names for addresses."""

from itertools import count

from django.db import models
from django.utils.text import slugify

LONGEST = 60


def free_slug(model: type[models.Model], name: str) -> str:
    """The name as it can stand in an address, with a number behind it when it is taken."""
    base = slugify(name)[:LONGEST].strip("-") or model._meta.model_name or "item"
    candidates = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in candidates if not model._default_manager.filter(slug=slug).exists())
