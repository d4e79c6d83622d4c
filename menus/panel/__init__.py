"""Between the database and the engine: the only place where Decimal meets float64.

    database -> `run_inputs` -> JSON kept with the run -> `scenario_of` and `panel_of` -> engine -> `result_of` -> JSON

A run is always computed from its kept inputs and its census snapshot, the first time as in a replay: what happens to
the menu or the catalogue afterwards cannot change it.
"""

from menus.panel.inputs import (
    BEHAVIOUR,
    Inputs,
    behaviour_defaults,
    behaviour_terms,
    menu_inputs,
    run_inputs,
)
from menus.panel.outcome import result_of
from menus.panel.outlook import outlook_of
from menus.panel.people import Panel, panel_of
from menus.panel.scenario import narrowed, scenario_of

__all__ = [
    "BEHAVIOUR",
    "Inputs",
    "Panel",
    "behaviour_defaults",
    "behaviour_terms",
    "menu_inputs",
    "narrowed",
    "outlook_of",
    "panel_of",
    "result_of",
    "run_inputs",
    "scenario_of",
]
