"""What the front page of a plan says. Each app brings its own sections, so that this app needs to know no other.

# menus/apps.py, in ready()
today.register(30, menu_section)        # menu_section(plan, permissions, reader) -> Section | None
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sponsors.models import Plan, User
from sponsors.permissions import Permission

DONE = "done"


@dataclass(frozen=True)
class Section:
    """One link of the chain as it stands today. `figure` and `note` are already printed. `state`: todo, in_progress,
    attention, blocked or done. `step` is what it is called in the checklist of the first login; empty: no step there.
    """

    title: str
    sentence: str
    state: str = "todo"
    figure: str = ""
    note: str = ""
    url: str = ""
    step: str = ""


Provider = Callable[[Plan, frozenset[Permission], User], Section | None]
_providers: dict[Provider, int] = {}


def register(order: int, provider: Provider) -> None:
    """Add a section; lower orders stand first. A provider answers None to people who may not see its section."""
    _providers[provider] = order


def sections(plan: Plan, permissions: frozenset[Permission], reader: User) -> list[Section]:
    found = (
        provider(plan, permissions, reader) for provider in sorted(_providers, key=_providers.__getitem__)
    )
    return [section for section in found if section is not None]


def first_steps(shown: list[Section]) -> list[dict[str, Any]]:
    """The checklist of the first login, for `_components/steps.html`; empty once every step is done."""
    steps = [section for section in shown if section.step]
    if all(section.state == DONE for section in steps):
        return []
    following = next(section for section in steps if section.state != DONE)
    return [
        {
            "label": section.step,
            "hint": section.sentence,
            "url": section.url,
            "state": _step_state(section, following),
        }
        for section in steps
    ]


def _step_state(section: Section, following: Section) -> str:
    if section.state == DONE:
        return DONE
    return "current" if section is following else "todo"
