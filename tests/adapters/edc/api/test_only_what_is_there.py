"""What no page lets anybody say, no program says: of what is not there, of what is done already, of nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from adapters.edc.api.test_api import Program, treated
from adapters.edc.at_once import at_once
from trialwright.core.ledger import QueryAnswered, QueryClosed, QueryOpened, SourceVerified

ITEM = "temperature/screening/value"
COUNT = {"path": "anc/x/value", "new": {"v": "1.7", "u": "10*9/L"}}
RANGE = {"event": "ReferenceRangeSet", "site": "SITE", "analyte": "hemoglobin", "low": {"v": "12", "u": "g/dL"}}


@pytest.fixture
def program(running: Any) -> Callable[..., Program]:
    made: dict[tuple[str, str | None], Program] = {}

    def make(role: str, site: str | None = None) -> Program:
        return made.setdefault((role, site), Program(running, role, site))

    return make


def told(running: Any, subject: str, event: dict[str, Any], **more: Any) -> dict[str, Any]:
    site = running.record.subjects[subject].site
    whole = {"occurred": running.today.isoformat(), **event, **more}
    return {
        name: site if value == "SITE" else subject if value == "SUBJECT" else value for name, value in whole.items()
    }


REFUSED: tuple[tuple[str, bool, dict[str, Any], str, str], ...] = (
    ("data manager", False, {"event": "QueryOpened", "item": "no/such/value", "asks": "?"}, "item", "is recorded as"),
    ("data manager", False, {"event": "QueryOpened", "item": "anything", "asks": "?"}, "item", "is recorded as"),
    ("data manager", False, {"event": "QueryOpened", "item": ITEM, "asks": " "}, "asks", "asks nothing"),
    ("data manager", False, {"event": "QueryOpened", "item": ITEM, "asks": "?", "query": "mine"}, "query", "no query"),
    ("coordinator", True, {"event": "QueryAnswered", "item": ITEM, "answer": "yes"}, "item", "can be answered"),
    ("data manager", False, {"event": "QueryClosed", "item": ITEM}, "item", "can be closed"),
    ("monitor", False, {"event": "SourceVerified", "paths": [ITEM, ITEM]}, "paths", "named twice"),
    ("data manager", False, {"event": "TermCoded", "item": ITEM, "dictionary": "D", "dictionary_version": "1",
                             "code": "1", "term": "T"}, "dictionary", "is loaded"),
    ("data manager", False, {"event": "Locked", "what": "site", "degree": "freeze", "subject": None}, "what",
     "of the whole study"),
    ("data manager", False, {"event": "Locked", "what": "study", "site": "SITE", "degree": "freeze", "subject": None},
     "what", "of the site"),
    ("administrator", False, {"event": "TrainingRecorded", "person": "nobody", "training": "GCP", "subject": None},
     "person", "works with the study"),
    ("coordinator", True, {**RANGE, "analyte": "happiness", "subject": None}, "analyte", "happiness"),
    ("coordinator", True, {**RANGE, "analyte": "sex", "subject": None}, "analyte", "sex"),
    ("coordinator", True, {**RANGE, "low": None, "subject": None}, "low", "Neither"),
    ("coordinator", True, {**RANGE, "sex": "other", "subject": None}, "sex", "other"),
    ("coordinator", True, {**RANGE, "age_from": -1, "subject": None}, "age_from", "-1"),
    ("coordinator", True, {**RANGE, "age_to": 131, "subject": None}, "age_to", "131"),
    ("coordinator", True, {**RANGE, "site": None, "subject": None}, "site", "none is named"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f", "encounter": "tea", "items": [COUNT]}, "encounter",
     "no encounter"),
    ("coordinator", True, {"event": "FormSubmitted", "form": " ", "items": [COUNT]}, "form", "no name"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f", "definition": "0" * 64, "items": [COUNT]},
     "definition", "no such definition"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f", "items": [
        {"path": "visit/tea/on", "new": "2005-01-01"}]}, "items", "no encounter"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f", "items": [{**COUNT, "path": "anc/a\u202eb/value"}]},
     "items", "cannot be read"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f",
                           "items": [{**COUNT, "old": {"v": "9", "u": "10*9/L"}}]}, "anc/x/value", "says that it was"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "custody", "items": [
        {"path": "custody/x/specimen", "new": "none"}, {"path": "custody/x/step", "new": "collected"}]}, "items",
     "no specimen"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f" * 201, "items": [COUNT]}, "form", "201 letters"),
    ("data manager", False, {"event": "QueryOpened", "item": ITEM, "asks": "?" * 4001}, "asks", "4001 letters"),
    ("coordinator", True, {"event": "FormSubmitted", "form": "f", "items": [
        {"path": "adverse_event/a/term", "new": "x" * 4001}]}, "adverse_event/a/term", "4001 letters"),
    ("investigator", True, {"event": "StudyLeft", "why": "  "}, "why", "needed"),
    ("data manager", False, {"event": "AccrualSuspended", "why": "", "subject": None}, "why", "needed"),
    ("coordinator", True, {"event": "SubjectTransferred", "to": "SITE", "why": "moved"}, "to", "offered"),
    ("coordinator", True, {"event": "SubjectScreened", "subject": "a b", "site": "SITE", "version": "VERSION"},
     "subject", "id"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "at_site", "event", "about", "says"), REFUSED, ids=[f"{one[2]['event']}: {one[4]}" for one in REFUSED]
)
def test_what_is_not_there_is_refused_by_its_field(
    running: Any, program: Any, role: str, at_site: bool, event: dict[str, Any], about: str, says: str
) -> None:
    subject, before = treated(running), running.reader().head().seq
    sender = program(role, running.record.subjects[subject].site if at_site else None)
    version = next(iter(running.trial.versions))
    said = {name: version if value == "VERSION" else value for name, value in {"subject": "SUBJECT", **event}.items()}
    said = {name: value for name, value in told(running, subject, said).items() if value is not None}
    for path in ("events/check/", "events/"):
        answer = sender.post(path, {"events": [said]})
        found = [(one["about"], one["says"], one["where"]) for one in answer.json().get("findings", ())]
        assert answer.status_code == 422, (path, answer.content)
        assert [one for one in found if one[0] == about and says in one[1] and one[2] == "events/0"], found
    assert running.reader().head().seq == before


def test_a_query_lives_as_on_the_pages(running: Any, program: Any) -> None:
    subject = treated(running)
    manager, site = program("data manager"), program("coordinator", running.record.subjects[subject].site)

    def say(sender: Program, key: str, *events: dict[str, Any]) -> Any:
        whole = [told(running, subject, {"subject": "SUBJECT", "item": ITEM, **one}) for one in events]
        return sender.post("events/", {"events": whole}, key=key)

    asked = say(manager, "ask", {"event": "QueryOpened", "asks": "Which thermometer?"})
    name = asked.json()["event_ids"][0]
    answer = {"event": "QueryAnswered", "query": name, "answer": "the one in the ward"}
    close, again = {"event": "QueryClosed", "query": name}, {"event": "QueryOpened", "query": name, "asks": "Which?"}
    assert say(manager, "again", again).status_code == 422, "it is open"
    assert say(site, "other", {**answer, "item": "weight/screening/value"}).status_code == 422, "it is of another item"
    assert say(site, "answer", answer).status_code == 200
    assert say(site, "answer", answer).json()["replay"] is True
    twice = say(site, "twice", answer)
    assert twice.status_code == 422 and twice.json()["findings"][0]["about"] == "query"
    assert say(manager, "close", close).status_code == 200
    assert say(manager, "closed", close).status_code == 422
    assert say(manager, "by item", {"event": "QueryClosed"}).status_code == 422
    assert say(manager, "reopen", again, close).status_code == 200, "opened and closed in one submission"
    assert say(manager, "both", again, again).status_code == 422, "opened twice in one submission"
    kinds = [type(one) for one in running.reader().events(subject=subject)][-5:]
    assert kinds == [QueryOpened, QueryAnswered, QueryClosed, QueryOpened, QueryClosed]


def test_an_item_is_verified_once_at_the_value_it_has(running: Any, program: Any) -> None:
    from trialwright.core.oversight import items_now

    subject, monitor = treated(running), program("monitor")
    item = sorted(one.name for one in items_now(running.record.subjects[subject]))[0]
    said = told(running, subject, {"event": "SourceVerified", "subject": "SUBJECT", "paths": [item]})
    answers = [monitor.post("events/", {"events": [said]}, key=key) for key in ("one", "one", "two")]
    assert [one.status_code for one in answers] == [200, 200, 422]
    assert "verified already" in answers[2].json()["findings"][0]["says"]


def test_a_term_is_coded_by_an_entry_that_is_there(running: Any, program: Any) -> None:
    manager = program("data manager")
    loaded = {"name": "Words", "version": "1", "text": "code,term\n10,Rash\n"}
    assert manager.post("dictionaries/", loaded, key="load").status_code == 200
    subject, item = next(
        (name, found["terms"][0]["item"])
        for name in sorted(running.record.subjects)
        if (found := manager.get(f"subjects/{name}/terms/").json())["terms"]
    )
    event = {"event": "TermCoded", "item": item, "dictionary": "Words", "dictionary_version": "1", "code": "10"}
    for key, term, status in (("wrong", "Gash", 422), ("right", "Rash", 200)):
        said = told(running, subject, {**event, "subject": "SUBJECT", "term": term})
        assert manager.post("events/", {"events": [said]}, key=key).status_code == status, term


def test_two_programs_that_answer_in_the_same_instant_answer_once(
    running: Any, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = treated(running)
    asking = told(running, subject, {"event": "QueryOpened", "subject": "SUBJECT", "item": ITEM, "asks": "?"})
    name = program("data manager").post("events/", {"events": [asking]}, key="ask").json()["event_ids"][0]
    site = program("coordinator", running.record.subjects[subject].site)

    def send(key: str) -> int:
        event = {"event": "QueryAnswered", "subject": "SUBJECT", "item": ITEM, "answer": key, "query": name}
        found: int = site.post("events/", {"events": [told(running, subject, event)]}, key=key).status_code
        return found

    answers = at_once(running, monkeypatch, [partial(send, key) for key in ("one", "other")])
    assert sorted(answers) == [200, 422]
    assert sum(isinstance(one, QueryAnswered) for one in running.reader().events(subject=subject)) == 1


def test_verified_and_opened_together_are_one_save(running: Any, program: Any) -> None:
    """A form and a query about an item of it, which is not recorded before."""
    subject = treated(running)
    site = program("coordinator", running.record.subjects[subject].site)
    form = told(running, subject, {"event": "FormSubmitted", "subject": "SUBJECT", "form": "f", "items": [COUNT]})
    assert site.post("events/", {"events": [form]}, key="form").status_code == 200
    ask = {"event": "QueryOpened", "subject": "SUBJECT", "item": COUNT["path"], "asks": "By which machine?"}
    seen = {"event": "SourceVerified", "subject": "SUBJECT", "paths": [COUNT["path"]]}
    monitor = program("monitor")
    both = [told(running, subject, one) for one in (ask, seen)]
    assert monitor.post("events/", {"events": both}, key="both").status_code == 200
    assert [type(one) for one in running.reader().events(subject=subject)][-2:] == [QueryOpened, SourceVerified]
