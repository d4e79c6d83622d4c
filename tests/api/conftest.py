import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    """Limits on guessing count in the cache, which outlives a test."""
    cache.clear()
