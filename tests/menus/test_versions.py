"""Drafts from every beginning, what stops a proposal, and that nothing frozen ever changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from menus.models import Fund, MenuVersion
from menus.selectors import content, findings
from menus.services.lines import line_add, line_edit, line_remove, line_replace
from menus.services.sleeves import sleeve_remove, sleeve_set
from menus.services.versions import (
    version_adopt,
    version_create,
    version_propose,
    version_record_as_found,
    version_reject,
)
from menus.services.waivers import waiver_approve, waiver_request
from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.ledger.canonical import content_hash
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import (
    author_of,
    make_fund,
    make_line,
    make_menu,
    make_proposed,
    make_sleeve,
    make_version,
    sleeve_terms,
)
from tests.factories.sponsors import make_member, make_plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("preset", "lines"), [("lean", 20), ("reference", 26), ("wide", 30)])
def test_preset_proposes_without_a_block(preset, lines):
    version = make_version(preset=preset)

    proposed = version_propose(by=author_of(version.plan), version=version)

    assert proposed.lines.count() == lines
    assert proposed.status == "proposed"
    assert proposed.content_hash == content_hash(content(proposed))
    assert [
        found["severity"] for found in proposed.findings_at_proposal if found["severity"] == "block"
    ] == []
    event = LedgerEvent.objects.get(action="menu_version.proposed")
    assert event.body["content_hash"] == proposed.content_hash
    assert len(event.body["content"]["lines"]) == lines
