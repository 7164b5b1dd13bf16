"""The pages of the trial for whom they are declared: whole for the centre, their own site's for a site."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from trialwright.adapters.edc.trial.pages import PAGES
from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.core.ledger import Change, FormSubmitted

OF_THE_STUDY = tuple(page for page in PAGES if "<" not in page.path)
OF_A_SITE = tuple(page for page in OF_THE_STUDY if any(one.value == "investigator" for one in page.read))
CENTRAL = ("monitor", "data manager", "statistician", "sponsor-investigator", "auditor")


def address(opened: Any, page: Any, **ids: Any) -> str:
    path = page.path
    for name, value in ids.items():
        path = re.sub(rf"<\w+:{name}>", str(value), path)
    return f"/{opened.id}/{path}"


def named(name: str) -> Any:
    return next(page for page in PAGES if page.name == name)


def hidden_fields(text: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("key", "version")}  # type: ignore[index]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("page", OF_THE_STUDY, ids=lambda one: one.name)
def test_each_page_opens_in_both_studies_for_whom_it_is_declared(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int, page: Any
) -> None:
    opened = serve(studies[which])
    for role in CENTRAL:
        declared = any(one.value == role for one in page.read)
        answer = signed_in(role).get(address(opened, page))
        assert answer.status_code == (200 if declared else 403), role
        if declared and "html" in answer["Content-Type"]:
            assert "Simulated data" in answer.content.decode()


@pytest.mark.parametrize("page", OF_A_SITE, ids=lambda one: one.name)
def test_a_site_sees_no_subject_of_another_site_on_any_page(running: Any, page: Any) -> None:
    site = running.site_ids[0]
    others = [name for name, one in running.record.subjects.items() if one.site != site]
    assert others
    answer = signed_in("investigator", site).get(address(running, page))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert not [name for name in others if name in text]


def test_a_substudy_of_another_site_is_on_no_page_of_a_site(running: Any) -> None:
    protocol = running.trial.versions[running.trial.latest]
    (substudy,) = protocol.design.substudies
    elsewhere = next(site for site in running.site_ids if site not in substudy.sites)
    hidden = [substudy.label, *(one.label for one in protocol.specimens if one.substudy == substudy.id)]
    hidden += [one.label for one in protocol.endpoints if one.sites == substudy.sites]
    client = signed_in("investigator", elsewhere)
    for page in OF_A_SITE:
        text = client.get(address(running, page)).content.decode()
        assert not [words for words in hidden if words in text], page.name
    assert substudy.label in signed_in("investigator", substudy.sites[0]).get(f"/{running.id}/trial/").content.decode()


def test_the_counts_of_the_overview_are_the_cores(running: Any) -> None:
    from trialwright.core.conduct import trial_status

    text = signed_in("monitor").get(f"/{running.id}/trial/").content.decode()
    on = date.fromisoformat(re.search(r'<time datetime="(\d{4}-\d\d-\d\d)"', text)[1])  # type: ignore[index]
    said = trial_status(running.trial, running.record, on)
    assert f"{said.registered} of {said.planned} planned are registered." in text


def test_the_screening_log_has_every_screening_with_its_reasons_as_a_file(running: Any) -> None:
    answer = signed_in("data manager").post(f"/{running.id}/trial/screening/log/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    subjects = {row[0] for row in rows[1:] if len(row) > 1}
    assert subjects == set(running.record.subjects)
    assert "attachment" in answer["Content-Disposition"]
    assert "simulated-" in answer["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " =", "  @"])
def test_no_cell_of_a_file_is_a_formula(start: str) -> None:
    assert plain_cell(f"{start}cmd()").startswith("'")


@pytest.mark.parametrize("cell", ["", "ANC", "S02-0007", "5 Jul 2006"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert plain_cell(cell) == cell


def test_a_very_large_trial_keeps_nobody_waiting(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from trialwright.adapters.edc.desk import Desk
    from trialwright.adapters.edc.trial import seeing

    monkeypatch.setattr(seeing, "MANY", len(running.record.subjects) - 1)
    for expensive in ("trial_status", "standings", "status", "case", "line"):
        monkeypatch.setattr(Desk, expensive, lambda *_: pytest.fail("everybody was asked"))
    for module in ("registry", "public"):
        monkeypatch.setattr(
            f"trialwright.adapters.edc.trial.{module}.record_life", lambda *_: pytest.fail("everybody was asked")
        )
    monkeypatch.setattr("trialwright.adapters.edc.trial.public.MANY", 0)
    client = signed_in("data manager")
    assert client.get(f"/about/{running.id}/").status_code == 200
    for page in OF_THE_STUDY:
        if any(one.value == "data manager" for one in page.read):
            answer = client.get(address(running, page))
            assert answer.status_code == 200, page.name
    assert "planned are registered" in client.get(f"/{running.id}/trial/").content.decode()


# --- deviations -------------------------------------------------------------------------------------------------------


@pytest.fixture
def deviating(running: Any) -> tuple[str, Any]:
    """A subject with a deviation, and the deviation."""
    from trialwright.core.conduct import subject_status

    on = max(one.last_milestone for one in running.record.subjects.values())
    for name in running.record.subjects:
        found = subject_status(running.trial, running.record, name, on).deviations
        if found:
            return name, found[0]
    pytest.fail("the rehearsed trial has no deviation")


def test_what_a_person_says_of_a_deviation_is_recorded_and_shown(running: Any, deviating: tuple[str, Any]) -> None:
    subject, deviation = deviating
    client, at = signed_in("sponsor-investigator"), address(running, named("subject-deviations"), subject=subject)
    fields = hidden_fields(client.get(at).content.decode())
    told = {**fields, "deviation": deviation.id, "important": "yes", "words": "Doses <b>missed</b>."}
    before = running.record.last_seq
    assert client.post(at, told).status_code == 303
    (event,) = running.reader().events(after_seq=before)
    assert isinstance(event, FormSubmitted)
    assert {one.path.rsplit("/", 1)[1]: one.new for one in event.items}["important"] == "yes"
    assert event.role == "sponsor-investigator"
    text = client.get(at).content.decode()
    assert "Doses &lt;b&gt;missed&lt;/b&gt;." in text
    assert "not weighed by a person" in client.get(f"/{running.id}/trial/deviations/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"words": " "}, "Say why"),
        ({"important": "maybe"}, "important or not"),
        ({"deviation": "made_up:1"}, "not there any more"),
        ({"words": "x" * 2001}, "2,000 letters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    running: Any, deviating: tuple[str, Any], change: dict[str, str], says: str
) -> None:
    subject, deviation = deviating
    client, at = signed_in("monitor"), address(running, named("subject-deviations"), subject=subject)
    fields = hidden_fields(client.get(at).content.decode())
    before = running.record.last_seq
    answer = client.post(at, {**fields, "deviation": deviation.id, "important": "no", "words": "late", **change})
    running.catch_up()
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert running.record.last_seq == before


def test_a_save_on_an_older_version_is_refused_with_the_words_kept(running: Any, deviating: tuple[str, Any]) -> None:
    subject, deviation = deviating
    client, at = signed_in("monitor"), address(running, named("subject-deviations"), subject=subject)
    fields = hidden_fields(client.get(at).content.decode())
    told = {**fields, "deviation": deviation.id, "important": "no", "words": "first words"}
    assert client.post(at, told).status_code == 303
    again = client.post(at, {**told, "key": "another-key", "words": "second words"})
    assert again.status_code == 409
    assert "second words" in again.content.decode()


def test_the_same_save_twice_is_one(running: Any, deviating: tuple[str, Any]) -> None:
    subject, deviation = deviating
    client, at = signed_in("monitor"), address(running, named("subject-deviations"), subject=subject)
    told = {
        **hidden_fields(client.get(at).content.decode()),
        "deviation": deviation.id,
        "important": "no",
        "words": "a",
    }
    before = running.record.last_seq
    assert [client.post(at, told).status_code for _ in range(2)] == [303, 303]
    running.catch_up()
    assert running.record.last_seq == before + 1


@pytest.mark.parametrize("role", ["auditor", "statistician"])
def test_who_only_reads_says_nothing(running: Any, deviating: tuple[str, Any], role: str) -> None:
    at = address(running, named("subject-deviations"), subject=deviating[0])
    assert signed_in(role).post(at, {}).status_code == 403


# --- serious events ---------------------------------------------------------------------------------------------------


@pytest.fixture
def serious(running: Any) -> tuple[str, str]:
    """A treated subject with a serious event entered just now, and its site."""
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped
    from trialwright.adapters.edc.people.demonstration import account_of

    subject = next(name for name, one in running.record.subjects.items() if one.registered)
    site = running.record.subjects[subject].site
    person = account_of("investigator", site).person
    desk = unscoped(running, person, running.roster.grants(person), Role.INVESTIGATOR)
    term = "Fatigue"
    told = {
        "term": term, "grade": 3, "start": desk.today.isoformat(), "related": "yes", "serious": "yes",
        "serious_hospitalization": "yes", "aware": desk.today.isoformat(), "aware_time": "00:05",
    }  # fmt: skip
    items = tuple(Change(f"adverse_event/77/{name}", None, value) for name, value in told.items())
    desk.save([desk.event(FormSubmitted, subject=subject, form="adverse_event", items=items)], desk.new_key())
    return subject, site


def test_a_serious_event_starts_its_clock_and_a_report_that_was_sent_stops_it(
    running: Any, serious: tuple[str, str]
) -> None:
    subject, site = serious
    client = signed_in("investigator", site)
    assert subject in client.get(f"/{running.id}/trial/serious/").content.decode()
    at = address(running, named("serious-event"), subject=subject, event="77")
    page = client.get(at).content.decode()
    assert "is owed by" in page
    today = re.search(r'name="on"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
    told = {**hidden_fields(page), "to": "sponsor", "kind": "initial", "on": today, "time": "00:10"}
    assert client.post(at, told).status_code == 303
    assert "in time" in client.get(at).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"to": "press"},
        {"kind": "third"},
        {"on": "31.12.2006"},
        {"on": "2006-02-30"},
        {"on": "2999-01-01"},
        {"time": "25:00"},
    ],
)
def test_a_report_that_cannot_be_is_not_recorded(
    running: Any, serious: tuple[str, str], change: dict[str, str]
) -> None:
    subject, site = serious
    client, at = signed_in("investigator", site), address(running, named("serious-event"), subject=subject, event="77")
    page = client.get(at).content.decode()
    running.catch_up()
    before = running.record.last_seq
    told = {**hidden_fields(page), "to": "sponsor", "kind": "initial", "on": "2005-01-01", "time": "", **change}
    assert client.post(at, told).status_code == 422
    running.catch_up()
    assert running.record.last_seq == before


def test_the_report_says_what_is_known_and_that_the_rest_is_not(running: Any, serious: tuple[str, str]) -> None:
    subject, site = serious
    answer = signed_in("investigator", site).get(address(running, named("serious-report"), subject=subject, event="77"))
    assert answer.content.startswith(b"%PDF")
    assert "simulated-serious-event" in answer["Content-Disposition"]
    page = signed_in("investigator", site).get(address(running, named("serious-event"), subject=subject, event="77"))
    text = page.content.decode()
    assert "not known" in text
    assert "hospitalization" in text


def test_an_event_that_is_not_there_or_of_another_site_does_not_exist(running: Any, serious: tuple[str, str]) -> None:
    subject, site = serious
    other = next(one for one in running.site_ids if one != site)
    at = address(running, named("serious-event"), subject=subject, event="77")
    assert signed_in("investigator", other).get(at).status_code == 404
    gone = address(running, named("serious-event"), subject=subject, event="no-such")
    assert signed_in("investigator", site).get(gone).status_code == 404


# --- casebooks, protocol, sites ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_a_casebook_is_printed_blank_and_filled(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int
) -> None:
    opened = serve(studies[which])
    client, subject = signed_in("monitor"), next(iter(opened.record.subjects))
    for version in opened.trial.versions:
        blank = client.get(address(opened, named("casebook-blank"), version=version))
        assert blank.content.startswith(b"%PDF")
    filled = client.post(address(opened, named("casebook"), subject=subject))
    assert filled.content.startswith(b"%PDF")
    assert client.get(address(opened, named("casebook-blank"), version="none")).status_code == 404


def test_every_clause_and_question_of_the_protocol_can_be_led_to(running: Any) -> None:
    from trialwright.core.protocol import clauses

    for version, protocol in running.trial.versions.items():
        text = signed_in("monitor").get(f"/{running.id}/protocol/?version={version}").content.decode()
        anchors = set(re.findall(r'id="([^"]+)"', text))
        assert {f"clause-{clause.id}" for _, clause in clauses(protocol)} <= anchors
        assert {f"question-{one.id}" for one in protocol.questions} <= anchors
        led = set(re.findall(r'href="#([^"]+)"', text))
        assert led - anchors == set()


def test_a_search_finds_words_on_both_sides_and_nothing_for_what_is_not_there(running: Any) -> None:
    protocol = running.trial.versions[running.trial.latest]
    quote = next(one.quotes[0] for one in protocol.eligibility if one.quotes)
    client = signed_in("monitor")
    found = client.get(f"/{running.id}/protocol/", {"q": quote, "version": running.trial.latest}).content.decode()
    assert f'id="clause-{next(one.id for one in protocol.eligibility if one.quotes)}"' in found
    nothing = client.get(f"/{running.id}/protocol/", {"q": "zzzz<script>"}).content.decode()
    assert "No clause has these words." in nothing
    assert "<script>zzzz" not in nothing
    assert "zzzz&lt;script&gt;" in nothing


def test_a_site_sees_itself_and_another_does_not_exist(running: Any) -> None:
    own, other = running.site_ids[:2]
    client = signed_in("coordinator", own)
    assert client.get(address(running, named("site"), site=own)).status_code == 200
    assert client.get(address(running, named("site"), site=other)).status_code == 404


def test_an_amendment_names_who_is_on_which_version_and_who_has_to_consent(running: Any) -> None:
    text = signed_in("data manager").get(f"/{running.id}/trial/amendments/").content.decode()
    registered = [name for name, one in running.record.subjects.items() if one.registered]
    assert "Who has to consent again" in text
    assert any(name in text for name in registered)


def test_the_registry_record_comes_as_a_file(running: Any) -> None:
    client = signed_in("sponsor-investigator")
    told = client.get(address(running, named("registry-file"), form="protocol-section"))
    assert told.json()["trialwright"]["simulated"] is True
    assert told.json()["protocolSection"]["identificationModule"]
    assert client.get(address(running, named("registry-file"), form="updates")).content.startswith(b"SIMULATED DATA.")
    upload = client.get(address(running, named("registry-file"), form="upload")).content
    assert upload.startswith(b"<?xml")
    assert b"SIMULATED DATA, NOT FOR UPLOAD" in upload
    assert client.get(address(running, named("registry-file"), form="passwd")).status_code == 404
