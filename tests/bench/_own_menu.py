"""A plan with its own menu: 1,000 synthetic people on the 26-line reference menu, house edition, as a run gets them."""

from typing import Any

from menus.engine import People, Scenario


def own_menus(people: int, paths: int) -> dict[str, tuple[Scenario, People]]:
    """By kind of sleeve the scenario without a ladder, and the people. Needs a site's database."""
    from menus.enums import SleeveKind

    return {str(kind): _own_menu(kind, people, paths) for kind in SleeveKind}


def _own_menu(kind: Any, people: int, paths: int) -> tuple[Scenario, People]:
    from menus.panel import panel_of, scenario_of
    from menus.services.projection_work import arrays_of
    from tests.bench.projection import queued

    run = queued(kind, people, paths)
    return scenario_of(run.inputs).with_(ladder=()), panel_of(run.inputs, arrays_of(run.snapshot)).people
