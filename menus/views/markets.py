"""Market editions and the record behind them: shared by all sponsors, read with any account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from menus.forms.markets import EXAMPLE, BacktestForm
from menus.histories import built_in_table, histories
from menus.long_record import WINDOWS, AnnualSeries, long_record
from menus.market_tables import beside_stocks, lesson
from menus.markets import (
    compound_checks,
    digital_forecasts,
    digital_windows,
    market_edition,
    selectable_names,
)
from menus.panel.history_markets import history_table
from menus.panel.market_facts import market_facts
from menus.run_selectors import edition_named
from menus.views.funds import plan_in_view
from sponsors.access import account_view, has_permission
from sponsors.facts import FactError
from sponsors.permissions import Permission


@account_view
def market_list(request: HttpRequest) -> HttpResponse:
    """Every edition side by side, how far forecasts lie apart, and the longest record there is."""
    editions = [edition for name in selectable_names() if (edition := edition_named(name))]
    forecasts, record = digital_forecasts(), long_record()
    context = {
        "plan_in_view": plan_in_view(request),
        "facts": [market_facts(edition) for edition in editions],
        "forecasts": sorted(forecasts, key=lambda forecast: forecast.compound),
        "windows": list(digital_windows().values()),
        "record": record,
        "record_windows": WINDOWS,
        "record_rows": [_record_row(series) for series in record.series.values()],
    }
    return render(request, "menus/market_list.html", context)


def _record_row(series: AnnualSeries) -> dict[str, object]:
    return {
        "series": series,
        "arithmetic": [series.arithmetic_mean(*window) for window in WINDOWS],
        "compound": series.compound_return(*WINDOWS[0]),
        "growth": series.growth_of_100(*WINDOWS[0]),
    }


@account_view
def market_detail(request: HttpRequest, edition: str) -> HttpResponse:
    """One edition: each asset, what had to be repaired, where it comes from."""
    try:
        facts = market_facts(market_edition(edition))
    except FactError as error:
        raise Http404(str(error)) from error
    checks, plan = compound_checks(), plan_in_view(request)
    context = {
        "plan_in_view": plan,
        "may_run": plan is not None and has_permission(request.user, plan.sponsor, Permission.RUN_START),
        "facts": facts,
        "edition": facts.edition,
        "digital": facts.assets[-1],
        "rows": list(zip(facts.edition.assets, facts.correlations.tolist(), strict=True)),
        "checks": checks,
        "worst": max(abs(check.difference) for check in checks),
    }
    return render(request, "menus/market_detail.html", context)


@account_view
def market_backtest(request: HttpRequest) -> HttpResponse:
    """What a mix would have done over a window of the record, and how much the window decides."""
    form = BacktestForm(request.GET) if "mix" in request.GET else BacktestForm(initial=EXAMPLE)
    found = form.tested() if form.is_bound else None
    table = found.table if found else built_in_table()
    context = {
        "plan_in_view": plan_in_view(request),
        "form": form,
        "found": found,
        "lesson": lesson(),
        "beside": beside_stocks(),
        "series": _series_of(request.GET.get("history", "")),
        "table": table,
    }
    return render(request, "menus/market_backtest.html", context)


def _series_of(record: str) -> list[dict[str, str]]:
    """The series that a mix may name, with their months."""
    try:
        table = history_table(record)
    except FactError:
        table = built_in_table()
    labels = {key: history.label for key, history in histories().items()}
    return [
        {"key": key, "label": labels.get(key, ""), "months": " to ".join(table.record_of(key))}
        for key in table.returns
    ]
