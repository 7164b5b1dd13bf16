"""What the pages do, programs can do: every page has its address in the API, or a reason in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.edc.api.test_api import Program
from trialwright.adapters.edc.access.matrix import page_named, pages
from trialwright.core.ledger import DictionaryLoaded, ReferenceRangeSet

SUBJECT = "api-subject"
BY_API: Mapping[str, str] = {
    "start": "api-study", "today": "api-today", "subjects": "api-subjects", "subject": SUBJECT, "because": SUBJECT,
    "forms": "api-forms", "form": "api-form", "form-check": "api-check", "unscheduled": "api-events",
    "records": "api-subject-events", "record": "api-subject-events", "record-check": "api-check", "item": "api-item",
    "correct": "api-events", "correct-check": "api-check", "decisions": SUBJECT, "governance": "api-sites",
    "eligibility": "api-eligibility", "dose": "api-dose", "specimens": SUBJECT, "specimen-step": "api-events",
    "substudy-specimens": SUBJECT, "subject-specimens": SUBJECT, "capsules": SUBJECT, "capsules-of": SUBJECT,
    "calendar": "api-calendar", "site-calendar": "api-calendar", "ranges": "api-laboratory", "queries": "api-queries",
    "query": "api-queries-of", "verification": "api-verification-of", "verify-subject": "api-verification-of",
    "coding": "api-terms-of", "dictionaries": "api-dictionaries", "locks": "api-locks-of", "lock": "api-locks-of",
    "unsigned": "api-signatures", "sign": "api-signatures", "audit": "api-audit", "audit-export": "api-audit",
    "ledger": "api-ledger", "imports": "api-import", "import-upload": "api-import-check", "import-review": "api-import",
    "import-report": "api-import-check", "trial": "api-status", "flow": "api-flow", "screening": "api-screening",
    "screening-file": "api-screening", "deviations": "api-deviations", "subject-deviations": "api-deviations-of",
    "serious": "api-serious", "serious-event": "api-serious-of", "figures": "api-exports", "files": "api-exports",
    "made": "api-export", "made-file": "api-export-file", "protocol": "api-protocol", "amendments": "api-amendments",
    "sites": "api-sites", "site": "api-sites", "people": "api-people", "delegation": "api-people",
    "person": "api-people",
}  # fmt: skip
"""The address that answers what a page shows; what a page saves is one of its events, see `allowed.BY_PAGE`."""
NOT_BY_API = (
    "eligibility-pdf", "dose-pdf", "shipment-pdf", "serious-report", "casebooks", "casebook-blank", "casebook",
    "calendar-ics", "calendar-feed", "import-concepts", "registry", "registry-file", "invite",
)  # fmt: skip
"""Prints, files for other programs, and letting people in: named in docs/reference/api.md."""


def test_every_page_has_its_address_or_a_reason(project) -> None:
    own = {one.name for one in pages() if not one.api and not one.name.startswith("decide-")}
    assert own == {*BY_API, *NOT_BY_API} and not {*BY_API} & {*NOT_BY_API}
    text = (project / "docs" / "reference" / "api.md").read_text("utf-8")
    assert [one for one in NOT_BY_API if f"`{one}`" not in text] == []


@pytest.mark.parametrize("page", BY_API)
def test_whoever_reads_a_page_asks_the_api_for_it(page) -> None:
    own, same = page_named(page), page_named(BY_API[page])
    lacking = [one.value for one in own.read if one not in same.roles]
    assert lacking == [], f"{page} is read by roles that {same.name} does not answer"


@pytest.mark.parametrize("page", ["today", "flow", "screening", "serious", "amendments", "sites", "people", "item",
                                  "dictionaries", "protocol"])  # fmt: skip
def test_nobody_asks_the_api_for_what_their_page_does_not_show(page) -> None:
    assert {*page_named(BY_API[page]).read} == {*page_named(page).read}


@pytest.fixture
def program(running: Any) -> Any:
    return lambda role, site=None: Program(running, role, site)


def site_of(running: Any) -> str:
    return next(one.site for one in running.record.subjects.values() if one.registered)


def test_a_site_is_told_of_its_own_alone(running, program) -> None:
    here = site_of(running)
    others = [one for one in running.site_ids if one != here]
    client = program("coordinator", here)
    for path in ("today/", "screening/", "serious/", "amendments/", "sites/", "laboratory/"):
        text = client.get(path).content.decode()
        assert [one for one in others if f'"{one}"' in text or f"{one}-0" in text] == [], path
    assert client.get("laboratory/", site=others[0]).status_code == 404
    assert client.get("today/", site=others[0]).status_code == 404


def test_the_history_of_an_item_is_what_was_said_of_it(running, program) -> None:
    subject = next(one.subject for one in running.record.subjects.values() if one.registered)
    client = program("data manager")
    said = client.get(f"subjects/{subject}/items/anc/screening/value/").json()["said"]
    assert said and said[0]["new"] and said[0]["who"]
    assert client.get(f"subjects/{subject}/items/anc/nowhere/value/").status_code == 404
    assert client.get(f"subjects/{subject}/items/nothing/screening/value/").status_code == 404


def test_a_dictionary_is_loaded_once_by_whoever_codes(running, program) -> None:
    told = {"name": "Terms", "version": "1", "text": "code,term\n1001,Rash\n1002,Nausea\n"}
    assert program("monitor").post("dictionaries/", told).status_code == 403
    manager = program("data manager")
    bad = manager.post("dictionaries/", {**told, "text": "no such heading\n1\n"}, key="bad")
    assert bad.status_code == 422 and bad.json()["findings"]
    assert manager.post("dictionaries/", told, key="good").status_code == 200
    running.catch_up()
    (event,) = (one for one in running.record.own if isinstance(one, DictionaryLoaded))
    assert (event.terms, [one["dictionary"] for one in manager.get("dictionaries/").json()["dictionaries"]]) == (
        2, ["Terms"])  # fmt: skip
    assert manager.post("dictionaries/", told, key="again").status_code == 422


def test_limits_of_a_laboratory_are_whose_page_sets_them(running, program) -> None:
    here = site_of(running)
    there = next(one for one in running.site_ids if one != here)
    limit = {"event": "ReferenceRangeSet", "occurred": running.today.isoformat(), "analyte": "hemoglobin",
             "low": {"v": "12.0", "u": "g/dL"}, "high": {"v": "16.0", "u": "g/dL"}}  # fmt: skip
    coordinator = program("coordinator", here)
    assert coordinator.post("events/", {"events": [{**limit, "site": there}]}, key="there").status_code == 404
    assert program("sponsor-investigator").post("events/", {"events": [{**limit, "site": here}]}).status_code == 403
    assert coordinator.post("events/", {"events": [{**limit, "site": here}]}, key="here").status_code == 200
    running.catch_up()
    assert isinstance(running.record.sites[here].ranges[-1], ReferenceRangeSet)
    assert any(one["analyte"] == "hemoglobin" for one in coordinator.get("laboratory/").json()["limits"][here])


# --- a recorded value is corrected, never said anew ------------------------------------------------------------------

PATH = "temperature/screening/value"


def fever(running: Any, program: Any, event: str = "FormSubmitted", **more: Any) -> tuple[Any, dict[str, Any]]:
    """A program of the site, and an event that would make a recorded temperature another."""
    record = next(one for one in running.record.subjects.values() if one.registered)
    change = {"path": PATH, "new": {"v": "39.9", "u": "Cel"}, **more.pop("change", {})}
    told = {"event": event, "subject": record.subject, "occurred": running.today.isoformat(), "form": "vital signs"}
    return program("coordinator", record.site), {**told, "items": [change], **more}


def stands(running: Any, subject: str) -> Any:
    running.catch_up()
    return running.record.subjects[subject].items["temperature"].standing("screening", "value")


@pytest.mark.parametrize(
    ("event", "more", "says"),
    [
        ("FormSubmitted", {}, "is recorded already"),
        ("FormCorrected", {"why": ""}, "A correction says why"),
        ("FormCorrected", {"why": "  "}, "A correction says why"),
        ("FormCorrected", {"why": "slip", "change": {"old": {"v": "1", "u": "Cel"}}}, "says that it was 1 Cel"),
        ("FormCorrected", {"why": "slip"}, "says that it was not recorded"),
    ],
)
def test_what_is_recorded_is_not_made_another_without_its_old_value_and_a_reason(running, program, event, more, says):
    client, told = fever(running, program, event, **more)
    before = stands(running, told["subject"])
    for path in ("events/check/", "events/"):
        answer = client.post(path, {"events": [told]})
        assert answer.status_code == 422 and says in answer.json()["findings"][0]["says"], path
    assert stands(running, told["subject"]) == before


def test_a_correction_from_the_value_that_stands_is_saved_once_however_often_it_is_sent(running, program) -> None:
    from trialwright.core.ledger import to_json

    client, told = fever(running, program, "FormCorrected", why="a slip of the pen")
    before = stands(running, told["subject"])
    told["items"][0]["old"] = to_json(before)
    for replayed in (False, True):
        answer = client.post("events/", {"events": [told]}, key="once")
        assert (answer.status_code, answer.json()["replay"]) == (200, replayed)
        assert str(stands(running, told["subject"])) == "39.9 Cel"
    event = running.record.subjects[told["subject"]].log.newest
    assert (event.items[0].old, event.why) == (before, "a slip of the pen")


def test_the_same_value_said_again_and_one_corrected_in_the_same_submission_are_let_in(running, program) -> None:
    client, told = fever(running, program)
    path = "temperature/api1/value"
    first = {**told, "items": [{"path": path, "new": {"v": "37.0", "u": "Cel"}}]}
    then = {**told, "event": "FormCorrected", "why": "read wrongly",
            "items": [{"path": path, "old": {"v": "37.0", "u": "Cel"}, "new": {"v": "38.0", "u": "Cel"}}]}  # fmt: skip
    assert client.post("events/", {"events": [first, then]}, key="both").status_code == 200
    again = {**told, "items": [{"path": path, "new": {"v": "38.0", "u": "Cel"}}]}
    assert client.post("events/", {"events": [again]}, key="again").status_code == 200
