"""Guardrails: pure functions from the facts of a menu to findings. Importing this registers the rules."""

# The order of import is the order in which findings are read.
# isort: off
from menus.guardrails import breadth, qdia, target_date, crypto  # noqa: F401
from menus.guardrails import concentration, liquidity, fees, benchmarks  # noqa: F401
# isort: on

from menus.guardrails.findings import Finding, LegalStatus, Severity
from menus.guardrails.menu_facts import MenuFacts
from menus.guardrails.registry import findings_for

__all__ = ["Finding", "LegalStatus", "MenuFacts", "Severity", "findings_for"]
