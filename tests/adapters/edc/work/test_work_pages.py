"""The pages of the working day as each role opens them, in both studies there are."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from trialwright.adapters.edc.access.roles import EVERYONE, SITE_ROLES, Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.writing import day
from trialwright.adapters.edc.work import today
from trialwright.adapters.edc.work.because import entry_of
from trialwright.adapters.edc.work.board import Kept
from trialwright.adapters.edc.work.judged import Row, waiting_of
from trialwright.adapters.edc.work.listing import asked, chosen
from trialwright.core.conduct import Trial, case_and_status, case_of
from trialwright.core.ledger import Change, CourseStarted, Event, FormSubmitted, Said, TreatmentEnded
from trialwright.core.oversight import automatic_queries
from trialwright.core.protocol import Epoch
from trialwright.store import Submission

EVERY_ROLE = [(role.value, role in SITE_ROLES) for role in EVERYONE]
READERS = [one for one in EVERY_ROLE if one[0] != Role.ADMINISTRATOR.value]


def at_site(running: Any, of_site: bool) -> str | None:
    return running.site_ids[0] if of_site else None


@pytest.mark.parametrize(("role", "of_site"), EVERY_ROLE)
def test_every_role_has_a_day_that_says_what_waits_or_that_nothing_does(
    running: Any, client_of: Callable[..., Any], role: str, of_site: bool
) -> None:
    page = client_of(role, at_site(running, of_site)).get(f"/{running.id}/today/")
    text = page.content.decode()
    assert page.status_code == 200, text[:2000]
    assert text.count('<section class="card') >= 1


@pytest.mark.parametrize(("role", "of_site"), READERS)
def test_no_link_on_the_pages_of_a_reader_leads_to_where_they_may_not_be(
    running: Any, client_of: Callable[..., Any], role: str, of_site: bool
) -> None:
    site = at_site(running, of_site)
    client = client_of(role, site)
    listed = client.get(f"/{running.id}/subjects/").content.decode()
    named = sorted(set(re.findall(rf'href="/{running.id}/subjects/([^/"]+)/"', listed)))
    own = sorted(name for name, record in running.record.subjects.items() if site in (None, record.site))
    assert named == own
    tried: set[str] = set()
    for address in [f"/{running.id}/today/", f"/{running.id}/subjects/{own[-1]}/"]:
        page = client.get(address)
        assert page.status_code == 200, address
        links = set(re.findall(rf'href="(/{running.id}/[^"#]+)', page.content.decode()))
        wrong = {one: client.get(html.unescape(one)).status_code for one in sampled(links - tried)}
        assert {one: code for one, code in wrong.items() if code != 200} == {}
        tried |= links


def sampled(links: set[str]) -> list[str]:
    """Of the pages of each kind the first; files are made slowly and have tests of their own."""
    kinds: dict[str, str] = {}
    for one in sorted(links):
        kinds.setdefault(re.sub(r"/[^/]*-\d+/|/because/\w+.*", "/…/", one), one)
    return [one for kind, one in kinds.items() if not re.search(r"\.(pdf|ics|csv|json)$", kind)]


# --- nothing stale ---------------------------------------------------------------------------------------------------


def a_treated_subject(running: Any) -> str:
    return next(name for name, record in running.record.subjects.items() if record.of_kind(CourseStarted))


def saved(running: Any, subject: str, kind: type[Event], role: str = "investigator", **said: Any) -> None:
    """Save one event about a subject, as the ready-made person of a role at its site."""
    site = running.record.subjects[subject].site
    person = next(p for p in running.roster.persons if (role, site) in held(running, p))
    event = kind(actor=person, role=role, site=site, occurred=running.today, subject=subject, **said)
    ready = running.resolved([event])
    running.save(Submission(f"test-{kind.__name__}-{subject}", ready, recorded_at=running.last_recorded))


def held(running: Any, person: str) -> set[tuple[str, str | None]]:
    return {(grant.role, grant.site) for grant in running.roster.grants(person)}


def test_a_correction_is_seen_at_once_in_the_list_on_the_page_and_in_today(
    running: Any, client_of: Callable[..., Any]
) -> None:
    subject = next(
        name
        for name in sorted(running.record.subjects)
        if case_of(running.trial, running.record, name, running.today).courses(running.today)
        and not running.record.subjects[name].of_kind(TreatmentEnded)
    )
    client = client_of("investigator", running.record.subjects[subject].site)
    listed, page = f"/{running.id}/subjects/?q={subject}", f"/{running.id}/subjects/{subject}/"
    before = [client.get(address).content.decode() for address in (listed, page)]
    saved(running, subject, TreatmentEnded, why="progressive disease", said=Said("progressive disease"))
    after = [client.get(address).content.decode() for address in (listed, page)]
    assert "follow-up" not in state_cells(before[0]) and "follow-up" in state_cells(after[0])
    assert "off treatment" not in before[1] and "off treatment" in after[1]


def state_cells(listed: str) -> str:
    return listed[listed.index("<tbody>") : listed.index("</tbody>")]


# --- the list --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "sort=;DROP TABLE",
        "sort=-__class__",
        "sort=pk",
        "site=%00",
        "epoch=<script>",
        "page=99999",
        "page=x",
        "q=" + "x" * 9000,
    ],
)
def test_a_word_that_is_not_in_the_table_asks_nothing_of_the_list(
    running: Any, client_of: Callable[..., Any], query: str
) -> None:
    page = client_of("monitor").get(f"/{running.id}/subjects/?{query}")
    assert page.status_code == 200
    assert b"<script>" not in page.content.replace(b"<script src", b"")


def row(subject: str, site: str, epoch: Epoch, course: int | None = None) -> Row:
    return Row(subject, site, epoch, None, "why", "1", "", course, None, None, 1)


ROWS = [
    row("b-1", "b", Epoch.TREATMENT, 3),
    row("a-2", "a", Epoch.OFF_STUDY),
    row("a-1", "a", Epoch.TREATMENT, 12),
    row("c-1", "c", Epoch.SCREENING),
]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, ["a-1", "a-2", "b-1", "c-1"]),
        ({"sort": "-subject"}, ["c-1", "b-1", "a-2", "a-1"]),
        ({"sort": "course"}, ["a-2", "c-1", "b-1", "a-1"]),
        ({"sort": "epoch"}, ["c-1", "a-1", "b-1", "a-2"]),
        ({"site": "a"}, ["a-1", "a-2"]),
        ({"site": "elsewhere"}, ["a-1", "a-2", "b-1", "c-1"]),
        ({"epoch": "treatment", "site": "a"}, ["a-1"]),
        ({"q": "-1"}, ["a-1", "b-1", "c-1"]),
        ({"q": "A -1"}, ["a-1"]),
        ({"q": "nobody"}, []),
    ],
)
def test_the_list_shows_who_was_asked_for_in_the_order_asked_for(query: dict[str, str], told: list[str]) -> None:
    assert [one.subject for one in chosen(ROWS, asked(query, ("a", "b", "c")))] == told


# --- what belongs to somebody else -----------------------------------------------------------------------------------


def test_a_role_held_at_one_site_asks_about_that_site_alone(running: Any, client_of: Callable[..., Any]) -> None:
    here, other = running.site_ids[:2]
    text = client_of("coordinator", here).get(f"/{running.id}/today/?site={other}").content.decode()
    strangers = [name for name, record in running.record.subjects.items() if record.site != here]
    assert strangers and not [name for name in strangers if name in text]


def test_an_answer_nobody_gave_is_not_there(running: Any, client_of: Callable[..., Any]) -> None:
    subject = a_treated_subject(running)
    client = client_of("investigator", running.record.subjects[subject].site)
    for answer in ("dose nothing", "criterion", "../../x", "%3Cscript%3E"):
        assert client.get(f"/{running.id}/subjects/{subject}/because/{answer}/").status_code == 404


def test_what_identifies_a_person_is_shown_to_the_site_alone(running: Any, client_of: Callable[..., Any]) -> None:
    """The canary is a birth date on the form that other answers stand on: it is in the entry, and at the site alone."""
    subject = a_treated_subject(running)
    site = running.record.subjects[subject].site
    items = (Change("birth_date/1/value", None, "1951-11-29"), Change("ecog/canary/value", None, 1))
    saved(running, subject, FormSubmitted, role="coordinator", form="canary", encounter="canary", items=items)
    born = day(date(1951, 11, 29))
    event = next(iter(running.record.subjects[subject].log or ()))
    told = {}
    for role, at in (("monitor", None), ("coordinator", site)):
        desk = desk_of(running, role, at)
        entry = entry_of(desk, event, desk.standards(subject).concepts)
        told[role] = [value for _label, value, _was in entry.values]
    assert (born in told["coordinator"], born in told["monitor"]) == (True, False)
    assert told["monitor"], "what does not identify anybody is shown"


def test_a_sentence_that_carries_a_birth_date_is_told_without_it_to_those_who_may_not_know_it(
    running: Any, client_of: Callable[..., Any]
) -> None:
    """Born after registration cannot be: the finding says so with the date, at the site alone."""
    subject = a_treated_subject(running)
    birth = running.today - timedelta(days=3)
    items = (Change("birth_date/1/value", None, birth.isoformat()),)
    saved(running, subject, FormSubmitted, role="coordinator", form="canary", encounter="canary", items=items)
    site = running.record.subjects[subject].site
    pages = {
        role: client_of(role, at).get(f"/{running.id}/subjects/{subject}/").content.decode()
        for role, at in (("monitor", None), ("coordinator", site))
    }
    finding = {role: text[text.index("Findings in the record") :] for role, text in pages.items()}
    spellings = (birth.isoformat(), day(birth))
    assert any(one in finding["coordinator"] for one in spellings)
    assert not any(one in pages["monitor"] for one in spellings) and "kept at the site" in finding["monitor"]


def desk_of(running: Any, role: str, site: str | None) -> Desk:
    """A desk as the door would set it up for the ready-made person of a role."""
    person = next(p for p in running.roster.persons if (role, site) in held(running, p))
    grants = tuple(one for one in running.roster.grants(person) if one.role == role)
    acting = Role(role)
    return Desk(running, person, acting, frozenset({acting}), grants)


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_patients_that_could_not_be_judged_in_time_are_counted_and_never_left_out_in_silence(
    running: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = client_of("monitor"), f"/{running.id}/today/"
    monkeypatch.setattr(today, "BUDGET", -1.0)
    hurried = client.get(address).content.decode()
    assert f"{len(running.record.subjects)} patients are still being judged" in hurried
    monkeypatch.setattr(today, "BUDGET", 60.0)
    assert "still being judged" not in client.get(address).content.decode()


def test_an_answer_is_kept_for_its_day_and_forgotten_when_its_record_or_its_site_changes(running: Any) -> None:
    made: list[tuple[str, date]] = []
    kept: Kept[int] = Kept(lambda _trial, _study, subject, on: made.append((subject, on)) or len(made))
    study, on = running.record, running.today
    subject, other = sorted(study.subjects)[:2]
    asked_of = [kept.of(running.trial, study, subject, on), kept.of(running.trial, study, subject, on)]
    assert asked_of == [1, 1], "asked twice, judged once"
    assert kept.of(running.trial, study, subject, on + timedelta(days=1)) == 2, "another day is another answer"
    again = replace(study, subjects={**study.subjects, subject: replace(study.subjects[subject])})
    assert kept.known(running.trial, again, subject, on) is None, "a record that became another one"
    site = study.subjects[subject].site
    moved = replace(study, sites={**study.sites, site: replace(study.sites[site], ranges=())})
    assert study.sites[site].ranges
    assert kept.known(running.trial, moved, subject, on) is None, "its site's limits changed"
    assert kept.known(running.trial, study, other, on) is None and kept.known(running.trial, study, subject, on) == 1


def test_the_lists_of_everybody_and_the_patient_s_own_page_tell_of_the_same_deviations_and_queries(
    running: Any,
) -> None:
    """Also of who was registered after as many as were planned, which rests on the other patients."""
    study, on, trial = running.record, running.today, planned(running.trial, 2)
    over = {name for name, place in study.places.items() if place > 2}
    told = {}
    for name in study.subjects:
        listed, (case, own) = waiting_of(trial, study, name, on), case_and_status(trial, study, name, on)
        told[name] = {one.kind for one in listed.deviations}
        assert listed.deviations == own.deviations
        asked_of_it = {one.id for one in automatic_queries(case, own)}
        assert asked_of_it <= {one.id for one in listed.queries}
    assert {name for name, kinds in told.items() if "registered over plan" in kinds} == over != set()


def planned(trial: Trial, number: int) -> Trial:
    """The trial with so many patients planned in each version."""
    versions = {}
    for name, one in trial.versions.items():
        accrual = replace(one.design.accrual, planned=number)
        versions[name] = replace(one, design=replace(one.design, accrual=accrual))
    return replace(trial, versions=versions)


def test_an_answer_is_forgotten_when_another_registration_is_found_to_have_come_first(running: Any) -> None:
    study, on = running.record, running.today
    kept: Kept[int] = Kept(lambda *_: 1)
    first, last = (min(study.places, key=study.places.__getitem__), max(study.places, key=study.places.__getitem__))
    kept.of(running.trial, study, last, on)
    fewer = replace(study, subjects={name: one for name, one in study.subjects.items() if name != first})
    assert kept.known(running.trial, study, last, on) == 1
    assert kept.known(running.trial, fewer, last, on) is None


@pytest.mark.parametrize("page", ["eligibility", "dose", "calendar"])
def test_what_was_decided_of_a_patient_stays_a_link_away_wherever_the_patient_stands(
    running: Any, client_of: Callable[..., Any], page: str
) -> None:
    client = client_of("auditor")
    reached = {}
    for name in running.record.subjects:
        text = client.get(f"/{running.id}/subjects/{name}/").content.decode()
        reached[name] = text.count(f'href="/{running.id}/subjects/{name}/{page}/"')
    assert {name: number for name, number in reached.items() if not number} == {}


def test_the_address_of_a_study_is_its_first_page_for_whoever_works_in_it(
    running: Any, client_of: Callable[..., Any]
) -> None:
    asked = client_of("administrator").get(f"/{running.id}/")
    assert (asked.status_code, "Today" in asked.content.decode()) == (200, True)
    nobody = Client().get(f"/{running.id}/")
    assert nobody.status_code == 302
    assert nobody["Location"] == f"/sign-in/?next=/{running.id}/"
