"""The whole main job through the API alone: five people with tokens, and the worker's code for what is queued."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from menus.catalogue import catalogue_load
from sponsors.ledger.canonical import content_hash
from tests.api.calls import Caller, work
from tests.factories.sponsors import AS_OF, PASSWORD, census_csv, census_rows, make_user

pytestmark = pytest.mark.django_db
PLAN_FACTS = {
    "name": "Harbor Mills 401(k) Plan",
    "match_formula": [{"rate": "0.5", "up_to": "0.06"}],
    "payroll_frequency": "biweekly",
    "required_signatures": 2,
}


def log_in(user) -> Caller:
    token = Caller().post("token/", {"email": user.email, "password": PASSWORD}, expect=200)["token"]
    return Caller(token=token)


@pytest.fixture
def people():
    """Everybody has an account; nobody has a role yet."""
    names = ("employer", "chair", "member", "adviser", "auditor")
    return {name: make_user(f"{name.title()} Person", email=f"{name}@harbor.example") for name in names}


@pytest.fixture
def callers(people):
    return {name: log_in(user) for name, user in people.items()}


def begin(callers) -> str:
    """An employer with a plan and its people in their roles; the plan's address."""
    employer = callers["employer"]
    sponsor = employer.post("sponsors/", {"name": "Harbor Mills", "title": "CFO"})
    plan = employer.post(f"sponsors/{sponsor['slug']}/plans/", PLAN_FACTS)
    here = f"plans/{plan['slug']}/"
    roles = {
        "chair": "committee_chair",
        "member": "committee_member",
        "adviser": "adviser",
        "auditor": "auditor",
    }
    for name, role in roles.items():
        employer.post(f"{here}members/", {"email": f"{name}@harbor.example", "role": role})
    return here


def bring_people(caller: Caller, here: str, participants: int = 24) -> dict:
    """A census from the file to the accepted snapshot."""
    file = SimpleUploadedFile("census.csv", census_csv(census_rows(participants)), "text/csv")
    brought = caller.upload(f"{here}census/imports/", {"file": file, "as_of": AS_OF.isoformat()})
    where = f"{here}census/imports/{brought['id']}/"
    columns = caller.get(f"{where}columns/")
    mapping = {
        key: columns["mapping"][key] for key in ("layout", "columns", "fund_balances", "fund_elections")
    }
    caller.post(f"{where}confirm/", {"mapping": mapping}, expect=200)
    work()
    return caller.get(where)


def propose_menu(callers, here: str) -> str:
    """A menu of 26 lines with a small sleeve in the target-date series, frozen; the version's address."""
    adviser = callers["adviser"]
    menu = adviser.post(f"{here}menus/", {"name": "Investment menu"})
    version = adviser.post(
        f"{here}menus/{menu['slug']}/versions/",
        {"preset": "reference", "purpose": "A first menu with a sleeve."},
    )
    there = f"{here}menus/{menu['slug']}/versions/{version['number']}/"
    sleeve = {
        "kind": "target_date",
        "fund": "FBTC",
        "cap": "0.02",
        "weights_by_age": [{"age": 25, "weight": "0.02"}, {"age": 65, "weight": "0.005"}],
        "rebalancing": "calendar",
        "reason": "Small enough that a total loss costs no year of retirement.",
    }
    adviser.put(f"{there}sleeve/", sleeve | {"seen_edits": version["edit_count"]})
    callers["chair"].post(f"{there}propose/", expect=200)
    return there


def project(caller: Caller, here: str) -> dict:
    run = caller.post(f"{here}runs/", {"menu": "investment-menu", "version": 1, "paths": 1000, "seed": 7})
    work()
    return caller.get(f"{here}runs/{run['number']}/")


def review(callers, here: str, run: dict) -> str:
    """Opened by the chair, answered by the member and the adviser, with evidence of each kind; its address."""
    chair, member, adviser = callers["chair"], callers["member"], callers["adviser"]
    purpose = "Decide whether a small sleeve serves the participants."
    opened = chair.post(
        f"{here}reviews/", {"menu": "investment-menu", "version": 1, "purpose": purpose, "run": run["number"]}
    )
    there = f"{here}reviews/{opened['number']}/"
    asked = [item["item"]["id"] for section in opened["sections"] for item in section["items"]]
    for item in asked[:-1]:
        member.post(f"{there}answers/", {"item": item, "answer": "met", "note": "Seen."})
    adviser.post(
        f"{there}answers/", {"item": asked[-1], "answer": "follow_up", "note": "Ask the recordkeeper."}
    )
    first = {"item": asked[0], "title": "Minutes"}
    member.post(f"{there}evidence/", first | {"kind": "text", "text": "Discussed on Monday."})
    member.post(f"{there}evidence/", first | {"kind": "link", "url": "https://example.org/minutes"})
    file = SimpleUploadedFile("minutes.txt", b"Minutes of Monday", "text/plain")
    member.upload(f"{there}evidence/", first | {"kind": "file", "file": file})
    for name in ("employer", "chair", "member"):
        callers[name].post(f"{there}declarations/", {"has_conflict": False}, expect=200)
    return there


def decide(callers, here: str) -> dict:
    draft = {
        "review": 1,
        "outcome": "adopt_with_conditions",
        "reasons": "The exposure stays small at every age.",
        "conditions": "The committee looks at the sleeve again in twelve months.",
    }
    decision = callers["chair"].post(f"{here}decisions/", draft)
    for name in ("chair", "member"):
        signed = callers[name].post(
            f"{here}decisions/{decision['number']}/sign/", {"password": PASSWORD}, expect=200
        )
    work()
    return signed


def test_main_job_through_the_api_alone(callers):
    catalogue_load()
    here = begin(callers)

    census = bring_people(callers["employer"], here)
    assert (census["status"], census["accepted_count"], census["refused_count"]) == ("accepted", 24, 0)
    summary = callers["auditor"].get(f"{here}census/snapshots/{census['snapshot']}/")
    assert (summary["people"], summary["total_balance"]) == (24, summary["snapshot"]["total_balance"])

    there = propose_menu(callers, here)
    version = callers["auditor"].get(there)
    assert (version["status"], len(version["lines"]), version["sleeve"]["cap"]) == ("proposed", 26, "0.0200")
    findings = callers["auditor"].all(f"{there}findings/")
    assert [finding for finding in findings if finding["severity"] == "block"] == []
    assert callers["member"].get(f"{there}totals/")["lines"] == 26

    run = project(callers["adviser"], here)
    assert (run["status"], run["job"]["state"]) == ("done", "done")
    assert content_hash(run["result"]) == run["result_hash"]
    callers["auditor"].post(f"{here}runs/1/replay/", expect=200)
    work()
    assert callers["auditor"].get(f"{here}runs/1/")["last_replay"]["identical"] is True
    person = callers["auditor"].all(f"{here}participants/")[0]["pseudonym"]
    outlook = callers["auditor"].get(f"{here}runs/1/participants/{person}/")
    assert {row["arm"] for row in outlook["years"]} == {"without", "with"}

    where = review(callers, here, run)
    answered = callers["auditor"].get(where)
    assert (answered["counts"]["follow_up"], answered["counts"].get("unanswered", 0)) == (1, 0)
    file = next(piece for piece in callers["auditor"].all(f"{where}evidence/") if piece["kind"] == "file")
    kept = callers["auditor"].download(f"{here}evidence/{file['id']}/file/")
    assert (kept, hashlib.sha256(kept).hexdigest()) == (b"Minutes of Monday", file["sha256"])

    decision = decide(callers, here)
    assert (decision["status"], [signer["name"] for signer in decision["signatures"]]) == (
        "signed",
        ["Chair Person", "Member Person"],
    )
    assert callers["auditor"].get(there)["status"] == "adopted"

    document = callers["auditor"].all(f"{here}documents/")[0]
    pdf = callers["auditor"].download(f"{here}documents/{document['id']}/pdf/")
    assert (pdf[:5], hashlib.sha256(pdf).hexdigest()) == (b"%PDF-", document["sha256"])

    checks = callers["auditor"].all(f"{here}decisions/1/verify/")
    assert [check for check in checks if not check["agrees"]] == []
    book = callers["auditor"].get(f"{here}audit/verify/")
    assert (book["verified"], book["problems"]) == (True, [])
    assert told(callers["auditor"], here) == EXPECTED_ACTS


def told(auditor: Caller, here: str) -> list[str]:
    """The acts of the whole job in their order; what happened several times in a row stands once."""
    acts = [event["action"] for event in auditor.all(f"{here}audit/events/", limit=1000)][::-1]
    return [act for place, act in enumerate(acts) if place == 0 or acts[place - 1] != act]


EXPECTED_ACTS = [
    "sponsor.created",
    "plan.created",
    "membership.added",
    "census.uploaded",
    "census.confirmed",
    "census.accepted",
    "menu.created",
    "menu_version.created",
    "sleeve.set",
    "menu_version.proposed",
    "projection_run.requested",
    "projection_run.finished",
    "projection_run.replay_requested",
    "projection_run.replayed",
    "prudence_review.opened",
    "review_response.given",
    "evidence.added",
    "conflict.declared",
    "decision.drafted",
    "decision.signature_given",
    "menu_version.adopted",
    "decision.signed",
    "document.rendered",
]
