"""Dated limits of the law: data/limits.yaml. No Django."""

from collections.abc import Mapping
from functools import cache

from sponsors.facts import SOURCES_FILE, Fact, load_facts


@cache
def limit_facts() -> Mapping[str, Fact]:
    """Every limit by key."""
    return load_facts(SOURCES_FILE.with_name("limits.yaml"))
