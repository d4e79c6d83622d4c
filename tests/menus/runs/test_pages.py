"""The pages of exposure runs: who may open what, each state of a run, charts, one person."""

import pytest
from django.urls import reverse

from menus.figure_words import WORDS
from menus.models import ProjectionRun
from menus.run_selectors import state_of
from sponsors.enums import JobState, Role
from sponsors.jobs.models import Job
from sponsors.jobs.queue import job_claim, job_progress
from sponsors.models import Participant
from tests.factories.menus import author_of, make_sleeve, make_version
from tests.factories.runs import make_done_run, make_run, work_off
from tests.factories.sponsors import client_of, make_member, make_plan, make_snapshot, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run()


@pytest.fixture
def done():
    return make_done_run()


def address(name, run, **more):
    return reverse(f"menus:{name}", kwargs={"plan": run.plan.slug, "run": run.number, **more})


def page_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def admin_client(run):
    return client_of(author_of(run.plan))


@pytest.mark.parametrize(
    ("role", "reads", "starts"),
    [
        (Role.PLAN_ADMINISTRATOR, 200, 200),
        (Role.COMMITTEE_MEMBER, 200, 200),
        (Role.ADVISER, 200, 200),
        (Role.COUNSEL, 200, 403),
        (Role.AUDITOR, 200, 403),
    ],
)
def test_run_pages_by_role(run, role, reads, starts):
    client = client_of(make_member(run.plan, role))
    urls = [reverse("menus:run-list", args=[run.plan.slug]), run.get_absolute_url()]

    assert [client.get(url).status_code for url in urls] == [reads, reads]
    assert client.get(reverse("menus:run-create", args=[run.plan.slug])).status_code == starts
    assert client.post(address("run-cancel", run)).status_code == (302 if starts == 200 else 403)


def test_stranger_finds_no_run(run):
    client = client_of(make_user())

    assert client.get(run.get_absolute_url()).status_code == 404


def test_run_of_another_plan_is_not_found_under_this_one(run):
    other = make_plan()
    client = client_of(make_member(other))

    assert client.get(reverse("menus:run-detail", args=[other.slug, run.number])).status_code == 404


def test_list_without_people_says_what_is_missing():
    plan = make_plan()

    text = page_of(client_of(make_member(plan)), reverse("menus:run-list", args=[plan.slug]))

    assert "bring in the census first" in text


def test_list_without_lines_says_what_is_missing():
    plan = make_plan()
    make_snapshot(plan)

    text = page_of(client_of(make_member(plan)), reverse("menus:run-list", args=[plan.slug]))

    assert "build one first" in text


def test_form_starts_a_run_with_its_assumptions():
    version = make_version(preset="reference")
    make_sleeve(version)
    snapshot = make_snapshot(version.plan, 20)
    client = client_of(author_of(version.plan))
    url = reverse("menus:run-create", args=[version.plan.slug])
    typed = {
        "version": version.pk,
        "snapshot": snapshot.pk,
        "market_edition": "house-2026-bear",
        "paths": "1000",
    }
    typed |= {
        "seed": "11",
        "raise_rate": "2",
        "limit_growth_rate": "2.5",
        "retirement_age": "67",
        "take_up_rate": "25",
        "payout_rate": "3.5",
    }

    response = client.post(url, typed)

    run = ProjectionRun.objects.get(plan=version.plan)
    assert response.url == run.get_absolute_url()
    assert (run.market_edition, run.paths, run.seed) == ("house-2026-bear", 1000, 11)
    assert run.behaviour == {
        "raise_rate": 0.02,
        "limit_growth_rate": 0.025,
        "retirement_age": 67,
        "take_up_rate": 0.25,
        "take_up_weight": 0.02,  # left empty: what the sleeve expects
        "take_up_moves_balance": False,
        "payout_rate": 0.035,
    }


def test_form_shows_the_engines_refusal_at_its_field():
    version = make_version(preset="reference")
    make_snapshot(version.plan, 20)
    client = client_of(author_of(version.plan))
    url = reverse("menus:run-create", args=[version.plan.slug])
    shown = client.get(url).context["form"]
    typed = {name: shown[name].value() for name in shown.fields} | {"raise_rate": "55"}
    typed |= {"take_up_weight": ""}

    response = client.post(url, typed)

    assert response.context["form"].errors == {
        "raise_rate": ["The yearly raise must lie between -10% and 20%."]
    }
    assert not ProjectionRun.objects.exists()


def test_waiting_run_shows_progress_that_polls(run):
    text = page_of(admin_client(run), run.get_absolute_url())

    assert "Waiting for the worker" in text
    assert f'hx-get="{address("run-progress", run)}"' in text
    assert '<meta http-equiv="refresh"' in text
    assert f'action="{address("run-cancel", run)}"' in text


def test_progress_says_how_many_people_are_done(run):
    job = job_claim(run.job_id)
    job_progress(job, done=20, total=60, note="Projecting people")

    text = page_of(admin_client(run), address("run-progress", run))

    assert "Projecting people" in text
    assert "20 of 60 people" in text


def test_reader_without_the_right_to_start_sees_no_stop_button(run):
    text = page_of(client_of(make_member(run.plan, Role.AUDITOR)), run.get_absolute_url())

    assert address("run-cancel", run) not in text


def test_progress_of_an_ended_run_asks_for_the_page_afresh(done):
    response = admin_client(done).get(address("run-progress", done), headers={"HX-Request": "true"})

    assert response.headers["HX-Refresh"] == "true"


def test_finished_run_answers_first_and_shows_where_from(done):
    text = page_of(admin_client(done), done.get_absolute_url())

    assert (
        f"Under this menu {done.result['ladder'][-1]['people_holding']} of 60 people would hold digital assets"
        in text
    )
    assert "Modelled outcomes, not a forecast." in text
    for part in (
        done.result_hash,
        done.input_hash,
        done.census_hash,
        "volatility and correlations 2021-08 to 2026-07",
    ):
        assert part in text
    assert text.count('<figure class="chart">') == 11
    assert "Steward assumption" in text


def test_pages_cost_few_queries(done, django_assert_max_num_queries):
    client = admin_client(done)
    for url in (done.get_absolute_url(), reverse("menus:run-list", args=[done.plan.slug])):
        with django_assert_max_num_queries(16):
            client.get(url)


def test_charts_are_drawn_for_light_and_dark(done):
    client = admin_client(done)
    url = address("run-chart", done, chart="digital-dollars")

    light, dark = client.get(url), client.get(f"{url}?scheme=dark")

    assert light.headers["Content-Type"] == "image/svg+xml"
    accents = [(b"#0b5a63" in picture.content, b"#74c9cf" in picture.content) for picture in (light, dark)]
    assert accents == [(True, False), (False, True)]
    assert b"style=" not in light.content
    assert client.get(address("run-chart", done, chart="nothing")).status_code == 404


def test_failed_run_gives_its_reason_and_a_way_on(run):
    run.snapshot.file.storage.delete(run.snapshot.file.name)
    run = work_off(run)

    text = page_of(admin_client(run), run.get_absolute_url())

    assert state_of(run) == "failed"
    assert "The file of this census is not where it was stored." in text
    assert f'action="{address("run-retry", run)}"' in text


def test_stopped_run_says_so_and_can_start_again(run):
    client = admin_client(run)

    client.post(address("run-cancel", run))
    stopped = page_of(client, run.get_absolute_url())
    client.post(address("run-retry", run))

    assert "The run was stopped." in stopped
    assert work_off(run).status == "done"


def test_auditor_replays_and_reads_the_outcome(done):
    client = client_of(make_member(done.plan, Role.AUDITOR, user=make_user("Robin Audit")))

    client.post(address("run-replay", done))
    waiting = page_of(client, done.get_absolute_url())
    again = client.post(address("run-replay", done), follow=True).content.decode()
    work_off_replay(done)
    text = page_of(client, done.get_absolute_url())

    assert "Replay: waiting for the worker" in waiting
    assert "is being replayed already" in again
    assert "every figure is identical" in text
    assert "Robin Audit" in text


def work_off_replay(run):
    from sponsors.jobs.runner import run_claimed

    job = Job.objects.get(kind="projection_replay", subject_id=str(run.pk))
    run_claimed(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_one_persons_page_shows_both_arms(done):
    person = Participant.objects.get(plan=done.plan, participant_id="00001")
    client = client_of(make_member(done.plan, Role.COMMITTEE_MEMBER))
    url = address("run-participant", done, pseudonym=person.pseudonym)

    text = page_of(client, url)

    assert person.pseudonym in text
    assert [secret for secret in ("Surname1", "Given1", "00001") if secret in text] == []
    assert text.count('<figure class="chart">') == 2
    assert [one for one in ("balance", "share") if WORDS[one].sentence not in text] == []
    assert text.count(f'href="{done.get_absolute_url()}#where-from"') == 2
    assert (
        b"<svg"
        in client.get(
            address("run-participant-chart", done, pseudonym=person.pseudonym, chart="share")
        ).content
    )


def test_search_leads_to_the_person_or_says_there_is_none(done):
    person = Participant.objects.filter(plan=done.plan).first()
    client = admin_client(done)

    found = client.get(done.get_absolute_url(), {"person": f" {person.pseudonym.lower()} "})
    missed = client.get(done.get_absolute_url(), {"person": "NOBODY"})

    assert found.url == address("run-participant", done, pseudonym=person.pseudonym)
    assert "Nobody in this plan goes by NOBODY." in missed.content.decode()


def test_person_who_came_after_the_run_is_not_invented(done):
    make_snapshot(done.plan, 70)
    person = Participant.objects.get(plan=done.plan, participant_id="00070")

    text = page_of(admin_client(done), address("run-participant", done, pseudonym=person.pseudonym))

    assert "This run did not project this person" in text


def test_result_stands_beside_the_other_market_editions(done):
    bear = make_done_run(done.version, done.snapshot, market_edition="house-2026-bear")

    response = admin_client(done).get(done.get_absolute_url())

    rows = response.context["editions"]
    assert [(row.edition.name, row.run, row.is_this) for row in rows] == [
        ("house-2026-loss", None, False),
        ("house-2026-bear", bear, False),
        ("house-2026-base", done, True),
        ("house-2026-bull", None, False),
    ]
    assert rows[1].effects[1] < rows[2].effects[1]
    assert "edition=house-2026-bull" in response.content.decode()


def test_platform_administrator_reads_a_run_and_nobody_s_account(done):
    person = Participant.objects.filter(plan=done.plan).first()
    client = client_of(make_user(is_platform_administrator=True))

    found = client.get(done.get_absolute_url(), {"person": person.pseudonym})
    account = client.get(address("run-participant", done, pseudonym=person.pseudonym))
    chart = client.get(address("run-participant-chart", done, pseudonym=person.pseudonym, chart="share"))

    assert (found.status_code, account.status_code, chart.status_code) == (200, 403, 403)
    assert 'id="one-person"' not in found.content.decode()


def test_another_edition_starts_from_what_was_asked_before(done):
    client = admin_client(done)
    url = reverse("menus:run-create", args=[done.plan.slug])

    form = client.get(url, {"like": done.number, "edition": "house-2026-bull"}).context["form"]
    client.post(url, {name: form[name].value() for name in form.fields})

    again = ProjectionRun.objects.get(plan=done.plan, market_edition="house-2026-bull")
    assert again.behaviour_hash == done.behaviour_hash
    assert (again.seed, again.paths, again.version, again.snapshot) == (7, 1000, done.version, done.snapshot)
