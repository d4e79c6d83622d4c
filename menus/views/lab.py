"""The lab: what other terms of the sleeve would mean for the plan's own people, looked at and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from menus.forms.lab import LabForm
from menus.lab_tables import effect_rows, effects_drawn, landmark_years, side_by_side
from menus.markets import market_edition
from menus.models import MenuVersion, Sleeve
from menus.run_selectors import answer_of
from menus.selectors import sleeve_terms
from menus.services.lab import LabAnswer, LabSetting, lab_answer
from menus.services.sleeves import sleeve_unsaved
from menus.views.builder import version_kwargs, version_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission
from sponsors.wording import percent

MOST_SETTINGS = 4


@dataclass(frozen=True)
class Column:
    """One setting with its answer: `query` is its part of the address, `name` its heading."""

    name: str
    query: str
    words: str
    answer: LabAnswer
    drop_url: str = ""


@require_GET
@plan_view(Permission.MENU_VIEW)
def sleeve_lab(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """Sliders and their answer. The address holds everything, so that a link shows the same to whoever may see it."""
    found = version_or_404(request, menu, version)
    sleeve = Sleeve.objects.filter(version=found).select_related("fund").first()
    is_asked = "kind" in request.GET
    form = LabForm(request.GET, sleeve=sleeve) if is_asked else LabForm.started(sleeve)
    kept = request.GET.getlist("keep") if is_asked else [form.query] if sleeve else []
    columns = _columns(found, sleeve, form, kept[: MOST_SETTINGS - 1])
    context = {"version": found, "menu": found.menu, "form": form, "kept": kept, "columns": columns}
    if columns:
        context |= _answer_context(request, found, form, columns, kept)
    template = "menus/_lab_answer.html" if request.htmx else "menus/sleeve_lab.html"
    return render(request, template, context)


def _columns(version: MenuVersion, sleeve: Sleeve | None, form: LabForm, kept: list[str]) -> list[Column]:
    """The setting in the form first, then those kept beside it. Empty where the form cannot be answered; a kept one
    that cannot, as after a change of the menu, is left out."""
    first = _column(version, form, "This setting")
    if first is None:
        return []
    own = LabForm.started(sleeve).query if sleeve else ""
    others = []
    for place, query in enumerate(kept, start=1):
        name = "As the version stands" if query == own else f"Kept {place}"
        rest = [other for other in kept if other != query]
        column = _column(version, LabForm(QueryDict(query), sleeve=sleeve), name, _address(form.query, rest))
        others += [column] if column and query != form.query else []
    return [first, *others]


def _column(version: MenuVersion, form: LabForm, name: str, drop_url: str = "") -> Column | None:
    """None where the setting is refused; the words stand on the form."""
    if not form.is_valid():
        return None
    setting = form.setting()
    try:
        answer = lab_answer(version, setting)
        terms = sleeve_terms(sleeve_unsaved(version, setting.terms))
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    return Column(name, form.query, "; ".join(_words(setting, terms)), answer, drop_url)


def _words(setting: LabSetting, terms: dict[str, str]) -> list[str]:
    """The setting in a line: doors, cap, weights, rules, market."""
    said = [terms["Sleeve"], f"cap {terms['Cap']}"]
    if setting.terms.kind.opens_line:
        said.append(
            f"line {terms['Expected weight']}, taken up by {percent(setting.take_up_rate)} of the people"
        )
    if "Line open" in terms:
        said.append(f"open {terms['Line open']}")
    if setting.terms.kind.opens_series:
        said.append(f"inside the series {terms['Weight by age']}")
    edition, _, _ = market_edition(setting.market_edition).label.partition(":")
    return [*said, terms["Rebalancing"].lower(), f"{edition} market"]


def _address(query: str, kept: list[str]) -> str:
    return f"?{query}&{urlencode([('keep', one) for one in kept])}".rstrip("&")


def _answer_context(
    request: PlanRequest, version: MenuVersion, form: LabForm, columns: list[Column], kept: list[str]
) -> dict[str, Any]:
    """What the page shows of the answers."""
    results = [column.answer.result for column in columns]
    this, answer = columns[0], answer_of(results[0])
    can_keep = this.query not in kept and len(kept) < MOST_SETTINGS - 1
    can_use = version.is_draft and Permission.MENU_EDIT in request.permissions
    return {
        "this": this,
        "result": results[0],
        "sentence": answer.sentence,
        "figures": [figure | {"url": "#where-from"} for figure in answer.figures],
        "groups": side_by_side(results),
        "drawing": effects_drawn(results, [column.name for column in columns]),
        "effects": effect_rows(results[0]),
        "years": landmark_years(results[0]),
        "milliseconds": sum(column.answer.milliseconds for column in columns),
        "failed_checks": [check for check in results[0]["checks"] if not check["passed"]],
        "keep_url": _address(this.query, [*kept, this.query]) if can_keep else "",
        "use_query": form.terms_query if can_use else "",
        "version_kwargs": version_kwargs(version),
    }
