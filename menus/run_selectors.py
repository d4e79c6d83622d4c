"""Questions about exposure runs. Nothing here writes or computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from menus.enums import RunStatus
from menus.exhibits import exhibits_of, words_of
from menus.markets import MarketEdition, edition_names, market_edition
from menus.models import MenuVersion, ProjectionRun
from menus.run_charts import charts_of_run
from menus.run_tables import tables_of
from sponsors.enums import JobState
from sponsors.facts import FactError
from sponsors.models import Participant, Plan
from sponsors.templatetags.steward import money, money_short, number, percent, signed

STATUS_OF_JOB = {
    JobState.NEW: RunStatus.QUEUED,
    JobState.RUNNING: RunStatus.RUNNING,
    JobState.FAILED: RunStatus.FAILED,
    JobState.CANCELLED: RunStatus.CANCELLED,
}


def runs_of(plan: Plan) -> QuerySet[ProjectionRun]:
    """The plan's runs, newest first, without the bulky columns."""
    related = ("version__menu", "version__plan", "plan", "snapshot", "job", "replay_job", "requested_by")
    return ProjectionRun.objects.filter(plan=plan).select_related(*related).defer("inputs")


def runnable_versions(plan: Plan) -> QuerySet[MenuVersion]:
    """Versions with lines, newest first."""
    found = MenuVersion.objects.filter(plan=plan).select_related("menu").annotate(line_count=Count("lines"))
    return found.filter(line_count__gt=0).order_by("-created_at")


def state_of(run: ProjectionRun) -> str:
    """Where a run stands. The job is the queue of record: its word counts until the result is there."""
    if run.status == RunStatus.DONE or run.job is None:
        return str(run.status)
    if run.job.state == JobState.RUNNING and run.job.cancel_requested:
        return "cancelling"
    return str(STATUS_OF_JOB.get(JobState(run.job.state), RunStatus(run.status)))


def edition_of(run: ProjectionRun) -> MarketEdition | None:
    """The run's market edition, if this Steward still has it."""
    return edition_named(run.market_edition)


def edition_named(name: str) -> MarketEdition | None:
    try:
        return market_edition(name)
    except FactError:
        return None


# ---------------------------------------------------------------- what a result says
@dataclass(frozen=True)
class Answer:
    """The result in one sentence, with the figures that stand beside it."""

    sentence: str
    figures: tuple[dict[str, str], ...]


def answer_of(result: Mapping[str, Any]) -> Answer:
    """What a reader should take away first."""
    own = next(row for row in result["ladder"] if row["weight"] is None)
    years, stress = result["plan_years"], result["stress"][-1]
    people = result["people"]["projected"]
    later = years[min(9, len(years) - 1)] if years else None
    if later is None or not later["digital_p95_usd"]:
        return Answer(f"None of the {people:,} people projected holds digital assets under this menu.", ())
    sentence = (
        f"Under this menu {own['people_holding']:,} of {people:,} people would hold digital assets, "
        f"{money_short(own['digital_today_usd'])} together on day one; by the end of {later['calendar_year']} "
        f"{money_short(later['digital_p50_usd'])} on the middle path."
    )
    effects = [signed(money(own[f"mean_effect_{p}_usd"])) for p in ("p5", "p50", "p95")]
    loss = f"the plan loses; at most {percent(stress['largest_account_loss_share'], 1)} of an account"
    return Answer(
        sentence,
        (
            *_risk_figure(result),
            _figure(
                "Middle path, account at retirement", effects[1], "mean change from the sleeve", "effect"
            ),
            _figure(
                "Bad and good paths", f"{effects[0]} to {effects[2]}", "5th and 95th percentile", "effect"
            ),
            _figure(
                "If digital assets fall 80% tomorrow", money_short(stress["plan_loss_usd"]), loss, "stress"
            ),
        ),
    )


def _risk_figure(result: Mapping[str, Any]) -> list[dict[str, str]]:
    risk = result.get("risk")
    if not risk or not risk["weight"]:
        return []
    note = f"of the ups and downs, with {percent(risk['weight'], 1)} of the money on day one"
    return [_figure("Digital assets carry", percent(risk["share"], 1), note, "risk")]


def _figure(label: str, value: str, note: str, topic: str) -> dict[str, str]:
    """A figure of the answer; it leads to the topic that shows it in full and says where it comes from."""
    return {"label": label, "value": value, "note": note, "url": f"#{topic}"}


@dataclass(frozen=True)
class EditionRow:
    """The same question in one market edition: its run, or none yet. `effects`: mean change at p5, p50, p95."""

    edition: MarketEdition
    run: ProjectionRun | None
    effects: tuple[float, ...] = ()
    is_this: bool = False


def editions_of(run: ProjectionRun) -> list[EditionRow]:
    """The run's question in every market edition of the file, and in each history that somebody ran it on: same menu,
    census, behaviour, seed and paths."""
    same = ("menu_hash", "census_hash", "behaviour_hash", "seed", "paths", "engine_version")
    alike = {name: getattr(run, name) for name in same}
    found = ProjectionRun.objects.filter(plan=run.plan, status=RunStatus.DONE, **alike).exclude(pk=run.pk)
    runs = {
        other.market_edition: other for other in found.select_related("plan").defer("inputs").order_by("pk")
    }
    runs[run.market_edition] = run
    names = dict.fromkeys([*edition_names(), *sorted(runs)])
    known = {name: edition for name in names if (edition := edition_named(name))}
    return [_edition_row(edition, runs.get(name), run) for name, edition in known.items()]


def _edition_row(edition: MarketEdition, run: ProjectionRun | None, this: ProjectionRun) -> EditionRow:
    if run is None or run.result is None:
        return EditionRow(edition, None)
    own = next(row for row in run.result["ladder"] if row["weight"] is None)
    effects = tuple(own[f"mean_effect_{level}_usd"] for level in ("p5", "p50", "p95"))
    return EditionRow(edition, run, effects, is_this=run == this)


PRINT = {"usd": money, "percent": lambda value: percent(value, 1), "count": number, "number": number}


def printed(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of the result with its cells as text; what is not there prints as a dash."""
    columns = table["columns"]
    rows = [[_printed(row[column["key"]], column["kind"]) for column in columns] for row in table["rows"]]
    return {**table, "rows": rows}


def _printed(value: Any, kind: str) -> str:
    return PRINT[kind](value) if kind in PRINT else str(value)


def parts_of(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The result in the order of reading: parts, topics, and blocks with their charts, printed tables and words."""
    words, parts = words_of(result), exhibits_of(result)
    charts = {chart.name: chart for chart in charts_of_run(result)}
    tables = {table["name"]: printed(table) for table in tables_of(result)}
    for topic in (topic for part in parts for topic in part["topics"]):
        topic["blocks"] = [
            {
                "words": words[block["words"]],
                "charts": [charts[name] for name in block["charts"]],
                "tables": [tables[name] for name in block["tables"]],
            }
            for block in topic["blocks"]
        ]
    return parts


@dataclass(frozen=True)
class Assumption:
    """One house assumption of a run, in words."""

    label: str
    value: str


def assumptions_of(run: ProjectionRun) -> list[Assumption]:
    given = run.behaviour
    words = [
        ("Yearly raise", percent(given["raise_rate"], 1)),
        ("Growth of the legal limits", percent(given["limit_growth_rate"], 1)),
        ("Retirement age", str(given["retirement_age"])),
    ]
    if "payout_rate" in given:
        words.append(("Yearly income at retirement", f"{percent(given['payout_rate'], 1)} of the balance"))
    if run.result and run.result["manifest"]["sleeve"] in ("crypto_line", "both"):
        moves = (
            "and the same of their balance" if given["take_up_moves_balance"] else "and none of their balance"
        )
        words += [
            ("People who take up the crypto line", percent(given["take_up_rate"], 1)),
            ("What they put there", f"{percent(given['take_up_weight'], 1)} of new money, {moves}"),
        ]
    return [Assumption(label, value) for label, value in words]


def participant_of(run: ProjectionRun, pseudonym: str) -> Participant | None:
    return Participant.objects.filter(plan=run.plan, pseudonym=pseudonym).first()


def participant_address(run: ProjectionRun, person: Participant) -> str:
    kwargs = {"plan": run.plan.slug, "run": run.number, "pseudonym": person.pseudonym}
    return reverse("menus:run-participant", kwargs=kwargs)
