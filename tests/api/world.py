"""One plan with everything that an address of the API can name: what is in force, and a draft beside it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from fiduciary.selectors import applicable_items
from fiduciary.services.evidence import evidence_add
from menus.services.lines import line_edit
from menus.services.versions import version_create
from menus.services.waivers import waiver_request
from sponsors.census import Mapping
from sponsors.jobs.runner import run_claimed
from sponsors.models import CensusImport, Participant, Plan, User
from sponsors.services.census import census_confirm, census_upload
from tests.factories.fiduciary import Committee, make_committee, make_document, make_review, make_signed
from tests.factories.menus import make_sleeve
from tests.factories.runs import make_done_run
from tests.factories.sponsors import AS_OF, census_csv, census_rows


def make_world() -> tuple[Committee, dict[str, Any]]:
    """The committee, and the part of each address that names one of its objects."""
    committee = make_committee(claims_404c=False)
    plan, author = committee.plan, committee.author
    census = bring_census(author, plan)
    review = make_review(committee)
    file = {"kind": "file", "title": "Minutes", "file_name": "minutes.txt", "data": b"Minutes"}
    evidence = evidence_add(by=author, review=review, item_id=applicable_items(review)[0].id, **file)
    run = make_done_run(review.version, census.snapshot)
    document = make_document(make_signed(committee, review=review))
    draft = version_create(by=author, menu=review.version.menu, copy_of=review.version)
    make_sleeve(draft)
    return committee, {
        "sponsor": plan.sponsor.slug,
        "plan": plan.slug,
        "member": author.memberships.get().pk,
        "census_import": census.pk,
        "snapshot": census.snapshot.pk,
        "pseudonym": Participant.objects.filter(plan=plan).earliest("pk").pseudonym,
        "fund": "FXAIX",
        "menu": draft.menu.slug,
        "version": draft.number,
        "line": draft.lines.earliest("position").pk,
        "waiver": _waiver(author, draft).pk,
        "run": run.number,
        "edition_name": "prudent_person/2026-11",
        "review": review.number,
        "evidence": evidence.pk,
        "decision": document.decision.number,
        "document": document.pk,
    }


def bring_census(by: User, plan: Plan) -> CensusImport:
    """An accepted file of three people, one of them refused and listed."""
    rows = [*census_rows(3), {**census_rows(4)[3], "balance": "-1"}]
    brought = census_upload(by=by, plan=plan, data=census_csv(rows), file_name="census.csv", as_of=AS_OF)
    mapping = Mapping.from_json(brought.mapping)
    confirmed = census_confirm(by=by, census_import=brought, mapping=mapping, accept_partial=True)
    run_claimed(confirmed.job_id)
    return CensusImport.objects.select_related("snapshot").get(pk=confirmed.pk)


def _waiver(by: User, draft: Any) -> Any:
    """A request to go ahead with too few kinds of core lines, which the plan's charter lets one ask for."""
    for line in draft.lines.filter(is_core=True)[1:]:
        line_edit(by=by, line=line, is_core=False)
    day = timezone.localdate() + timedelta(days=30)
    return waiver_request(
        by=by, version=draft, finding_key="core_range", reason="Bonds follow.", expires_on=day
    )
