"""One participant of a run, computed when somebody looks.

The market is narrowed to the lines that the person holds: the same paths as in the run at some 60 MB for a second or
two, instead of the whole menu's hundreds of megabytes. What comes out is small and kept for the next reader.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from menus.engine import prepare
from menus.models import ProjectionRun
from menus.panel.people import panel_of
from menus.panel.scenario import narrowed, scenario_of
from sponsors.selectors import snapshot_arrays

Row = dict[str, Any]


def outlook_of(run: ProjectionRun, participant_id: str) -> tuple[Row, ...] | None:
    """Year by year and arm ("without", "with"): balance, digital-asset dollars and share at percentiles of the paths.

    None when the run did not project this person: not in its census, no longer employed, or without pay.
    """
    return _outlook(run.pk, run.input_hash, participant_id)


@lru_cache(maxsize=128)
def _outlook(run_id: int, input_hash: str, participant_id: str) -> tuple[Row, ...] | None:
    from menus.engine.results import participant_detail  # pandas: only for who opens such a page

    run = ProjectionRun.objects.select_related("snapshot").only("inputs", "snapshot__file").get(pk=run_id)
    arrays = snapshot_arrays(run.snapshot)
    place = int(arrays.ids.searchsorted(participant_id))
    people = panel_of(run.inputs, arrays).people
    found = people.keys.searchsorted(place)
    is_there = place < len(arrays.ids) and str(arrays.ids[place]) == participant_id
    if not is_there or found == len(people) or people.keys[found] != place:
        return None
    scenario, person = narrowed(scenario_of(run.inputs), people.take([found]))
    return tuple(participant_detail(prepare(scenario), person).to_dict("records"))
