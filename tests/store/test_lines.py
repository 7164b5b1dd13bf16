"""Events as JSON lines: what is read, and everything that is wrong at once, each with its line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.ledger import (
    KINDS,
    ApprovalEnded,
    Change,
    EventVoided,
    FormSubmitted,
    Missing,
    ProtocolActivated,
    Said,
    StudyOpened,
    SubjectMoved,
    SubjectScreened,
)
from trialwright.core.terms import Quantity
from trialwright.store.clock import impossible_time
from trialwright.store.door import Door
from trialwright.store.lines import read_line, read_lines

FORM = {
    "event": "FormSubmitted", "actor": "u1", "role": "coordinator", "site": "S01", "subject": "S01-001",
    "occurred": "2006-03-01", "form": "laboratory",
    "items": [{"path": "anc/c1d1/value", "old": None, "new": {"v": "1500", "u": "/mm3"}}],
}  # fmt: skip


def line(**changes):
    """The form's line with some fields changed; ... takes a field away."""
    return json.dumps({key: value for key, value in (FORM | changes).items() if value is not ...}).encode()


def item(new, path="anc/c1d1/value", **others):
    return line(items=[{"path": path, "new": new, **others}])


def test_a_line_is_the_event_it_says():
    event, faults = read_line(line(time="14:30", zone="America/Chicago"))
    assert faults == []
    assert event == FormSubmitted(
        actor="u1", role="coordinator", site="S01", subject="S01-001", occurred=date(2006, 3, 1), time="14:30",
        zone="America/Chicago", form="laboratory",
        items=(Change("anc/c1d1/value", None, Quantity(Decimal("1500"), "/mm3")),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("new", "value"),
    [
        ({"v": "3.20", "u": "10*3/uL"}, Quantity(Decimal("3.20"), "10*3/uL")),
        ({"missing": "not_done"}, Missing("not_done")),
        ("IIB", "IIB"),
        (True, True),
        (2, 2),
        (None, None),
    ],
)
def test_each_kind_of_value(new, value):
    event, faults = read_line(item(new))
    assert (faults, event.items[0].new, type(event.items[0].new)) == ([], value, type(value))


WRONG = [
    ("not JSON", b"{", "not JSON"),
    ("not an object", b"[1]", "not an object"),
    ("not UTF-8", b'{"event": "\xff"}', "not UTF-8"),
    ("a key twice", b'{"event": "Locked", "event": "Locked"}', "'event' stands twice"),
    ("a float", item(1.5), "written as text with its unit"),
    ("not a number", item(float("nan")), "written as text with its unit"),
    ("too large a whole number", item(2**53), "2^53"),
    ("text that is not NFC", item("e\u0301"), "NFC"),
    ("a NUL", item("a\0b"), "NUL"),
    ("deep nesting", b"[" * 100_000, "nested too deeply"),
    ("no kind of event", line(event=...), "no kind of event"),
    ("a misspelt kind", line(event="FormSubmited"), "did you mean 'FormSubmitted'"),
    ("a kind that is no text", line(event=["Locked"]), "no kind of event"),
    ("a misspelt field", line(subjekt="S01-001"), "did you mean 'subject'"),
    ("a field the ledger issues", line(seq=7), "no field 'seq'"),
    ("a field lacking", line(form=...), "needs the field 'form'"),
    ("no subject", line(subject=...), "needs the field 'subject'"),
    ("no actor", line(actor=...), "needs the field 'actor'"),
    ("an empty actor", line(actor=""), "actor: should be an id"),
    ("an actor that is null", line(actor=None), "actor: should be an id"),
    ("a role that is a number", line(role=1), "role: should be text"),
    ("a subject with a blank", line(subject=" S01"), "subject: should be an id"),
    ("a month for a date", line(occurred="2006-03"), "occurred: should be a date"),
    ("a day that is not there", line(occurred="2006-02-29"), "occurred: should be a date"),
    ("an ISO week", line(occurred="2006-W09-3"), "occurred: should be a date"),
    ("an hour that is not there", line(time="24:00"), "time: should be a local time"),
    ("an offset that is none", line(offset="CST"), "offset: should be an offset"),
    ("a misspelt zone", line(zone="America/Chcago"), "did you mean 'America/Chicago'"),
    ("no items", line(items=[]), "at least one item"),
    ("items that are no list", line(items="anc"), "at least one item"),
    ("a path of two", item("x", path="anc/value"), "concept/instance/field"),
    ("a path that is a number", item("x", path=3), "should be text"),
    ("an item without its new value", line(items=[{"path": "a/b/c"}]), "item 1 should be"),
    ("an item with a stray key", item("x", unit="mg"), "item 1 should be"),
    ("an item twice", line(items=FORM["items"] * 2), "anc/c1d1/value is given twice"),
    ("a number as a number with a unit", item({"v": 1500, "u": "/mm3"}), "written as typed"),
    ("a number in words", item({"v": "many", "u": "/mm3"}), "written as typed"),
    ("an infinite number", item({"v": "Infinity", "u": "/mm3"}), "written as typed"),
    ("not a number, in words", item({"v": "NaN", "u": "/mm3"}), "written as typed"),
    ("an exponent", item({"v": "1e3", "u": "/mm3"}), "written as typed"),
    ("a decimal comma", item({"v": "1,5", "u": "mg"}), "written as typed"),
    ("an empty unit", item({"v": "1500", "u": ""}), "written as typed"),
    ("no unit", item({"v": "1500"}), "written as typed"),
    ("missing for no known reason", item({"missing": "forgot"}), "not_done, not_known, not_applicable"),
    ("a list as a value", item([1]), "a value is"),
]


@pytest.mark.parametrize(("what", "text", "says"), WRONG)
def test_what_is_wrong_is_said_and_no_event_comes_of_it(what, text, says):
    event, faults = read_line(text)
    assert event is None
    assert any(says in fault for fault in faults), faults


def test_everything_wrong_with_a_line_is_said_at_once():
    _, faults = read_line(line(occurred="x", time="x", form=..., subjekt="y"))
    assert len(faults) == 4


def test_findings_name_the_file_and_the_line_and_blank_lines_count():
    lines, findings = read_lines(b"\n".join([line(), b"", line(form=...), line(), b"{", b""]), "week.jsonl")
    assert [each.number for each in lines] == [1, 4]
    assert [finding.where for finding in findings] == ["week.jsonl:3", "week.jsonl:5"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"   \n"])
def test_a_file_without_an_event_says_so(content):
    assert [finding.says for finding in read_lines(content)[1]] == ["The file holds no event."]


def test_a_message_never_holds_an_items_value():
    for new in (1.5, {"v": "SECRET", "u": "x"}, ["SECRET"], "SECRET\0", {"missing": "SECRET"}):
        assert "SECRET" not in str(read_line(item(new))[1])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(content):
    lines, findings = read_lines(content)
    assert findings or lines


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("vu"), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from(sorted({*FORM, "said", "dose", "kind"})), JSON))
def test_any_object_is_an_event_or_has_faults(kind, given_fields):
    event, faults = read_line(json.dumps(FORM | given_fields | {"event": kind}).encode())
    assert (event is None) == bool(faults)


def test_an_event_that_rests_on_an_answer_carries_it():
    registered = {"event": "SubjectRegistered", "version": "1", "form": ..., "items": ...}
    assert any("said" in fault for fault in read_line(line(**registered))[1])
    assert any("answer acted upon" in fault for fault in read_line(line(**registered, said={"answer": ""}))[1])
    event, _ = read_line(line(**registered, said={"answer": "eligible", "clauses": ["age", "anc"]}))
    assert event.said == Said("eligible", ("age", "anc"))


CONSENT = {"event": "ConsentWithdrawn", "form": ..., "items": ...}


@pytest.mark.parametrize(
    ("scope", "because"),
    [
        (["stored specimens"], None),
        (["treatment", "follow-up"], None),
        (["stored specimen"], "no scope of consent 'stored specimen'; did you mean 'stored specimens'?"),
        ([], "at least one of study, treatment"),
        ("study", "at least one of study, treatment"),
        (["study", "study"], "names a part of the study twice"),
        (..., "needs the field 'scope'"),
    ],
)
def test_the_parts_of_a_consent_are_named_and_a_near_miss_is_told(scope, because):
    event, faults = read_line(line(**CONSENT, scope=scope))
    assert (event.scope == tuple(scope)) if because is None else any(because in fault for fault in faults)


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"voids": "e1", "why": "w"}, None),
        ({"void": "e1", "why": "w"}, "no field 'void'; did you mean 'voids'?"),
        ({"voids": "e1"}, "needs the field 'why'"),
    ],
)
def test_a_voiding_names_what_it_voids_and_why(fields, because):
    event, faults = read_line(line(event="EventVoided", form=..., items=..., **fields))
    assert event.entered_again_as == "" if because is None else any(because in fault for fault in faults)


def documented_lines():
    page = Path(__file__).parents[2] / "docs" / "reference" / "event-format.md"
    return re.findall(r"^\{.*\}$", page.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_documented_examples_are_read_and_none_is_missing():
    kinds = set()
    for text in documented_lines():
        event, faults = read_line(text.encode())
        assert faults == [], text
        kinds.add(type(event).__name__)
    assert kinds == set(KINDS) - {"PayloadRedacted"}, "a redaction is not submitted"


def test_a_redaction_is_not_submitted_and_the_answer_says_how_it_is_made():
    line = {"event": "PayloadRedacted", "actor": "u1", "role": "sponsor", "occurred": "2006-03-01", "redacts": "x"}
    event, faults = read_line(json.dumps(line).encode())
    assert event is None
    assert "ledger redact" in faults[0]


# ---- at the door -------------------------------------------------------------------------------------------------

WHO = {"actor": "u1", "role": "coordinator", "occurred": date(2006, 3, 1)}
OLD, NEW = "aa" * 32, "bb" * 32


def screened(subject, site="S01", **others):
    return SubjectScreened(**WHO | {"site": site, "subject": subject, "version": "1"} | others)


def activated(file_hash, site="S01"):
    return ProtocolActivated(**WHO, site=site, version="1", file_hash=file_hash, approved_on=date(2006, 1, 1))


@pytest.mark.parametrize(
    ("what", "before", "event", "protocol"),
    [
        ("the hash the line names", [], screened("a", protocol=NEW), NEW),
        ("the version the line names", [], screened("a", protocol="2"), NEW),
        ("the one in force at the site", [activated(OLD)], screened("a"), OLD),
        ("the one activated last", [activated(OLD), activated(NEW)], screened("a"), NEW),
        ("another site's does not count", [activated(NEW, "S02")], screened("a"), ""),
        ("one for all sites", [activated(NEW, None)], screened("a"), NEW),
        ("the one the study opened with", [StudyOpened(**WHO, site=None, study="T", kind="real", protocol=OLD)],
         screened("a"), OLD),
        ("what an activation puts in force", [], activated(NEW), NEW),
        ("none is known", [], screened("a"), ""),
    ],
)  # fmt: skip
def test_the_protocol_an_event_stands_under(what, before, event, protocol):
    door = Door({"1": OLD, "2": NEW})
    door.take(before)
    assert door.resolve(event).protocol == protocol


def test_a_subject_stays_on_a_version_until_moved():
    registered, _ = read_line(
        line(event="SubjectRegistered", version="1", said={"answer": "eligible"}, form=..., items=..., protocol=OLD)
    )
    door = Door({"1": OLD, "2": NEW})
    door.take([activated(OLD), registered, activated(NEW)])
    assert (door.resolve(screened("S01-001")).protocol, door.resolve(screened("S01-002")).protocol) == (OLD, NEW)
    door.take([SubjectMoved(**WHO, site="S01", subject="S01-001", version="2")])
    assert door.resolve(screened("S01-001")).protocol == NEW


def test_a_renewed_approval_of_the_older_version_leaves_the_newer_in_force_and_its_end_brings_the_older_back():
    first, second = activated(OLD), replace(activated(NEW), version="2")
    door = Door({"1": OLD, "2": NEW})
    door.take([first, second, first])
    assert door.resolve(screened("a")).protocol == NEW
    door.take([ApprovalEnded(**WHO, site="S01", version="2", why="withdrawn")])
    assert door.resolve(screened("a")).protocol == OLD


def test_a_voided_move_leaves_the_subject_on_the_version_before():
    moved = SubjectMoved(**WHO, site="S01", subject="S01-001", version="2", id="m")
    registered = SubjectMoved(**WHO, site="S01", subject="S01-001", version="1", id="r")
    door = Door({"1": OLD, "2": NEW})
    door.take([registered, moved, EventVoided(**WHO, site="S01", subject="S01-001", voids="m", why="wrong subject")])
    assert door.resolve(screened("S01-001")).protocol == OLD


def test_an_activation_may_name_the_file_by_its_version():
    assert Door({"2": NEW}).resolve(activated("2")).file_hash == NEW


# US daylight saving in 2006: from 2 April 02:00 (Chicago then is UTC-5), until 29 October.
@pytest.mark.parametrize(
    ("day", "time", "zone", "offset"),
    [
        (date(2006, 4, 1), "12:00", "America/Chicago", "-06:00"),
        (date(2006, 4, 2), "01:59", "America/Chicago", "-06:00"),
        (date(2006, 4, 2), "03:00", "America/Chicago", "-05:00"),
        (date(2006, 4, 2), "", "America/Chicago", "-05:00"),
        (date(2006, 3, 1), "", "America/Los_Angeles", "-08:00"),
        (date(2006, 3, 1), "", "Asia/Kolkata", "+05:30"),
        (date(2006, 3, 1), "09:00", "", ""),
    ],
)
def test_the_offset_of_a_local_time(day, time, zone, offset):
    assert Door({}).resolve(screened("a", occurred=day, time=time, zone=zone)).offset == offset


# Chicago skips 2006-04-02 02:00 to 03:00, and has 2006-10-29 01:00 to 02:00 twice.
@pytest.mark.parametrize(
    ("day", "time", "offset", "because"),
    [
        (date(2006, 4, 2), "01:59", "", None),
        (date(2006, 4, 2), "02:00", "", "does not exist"),
        (date(2006, 4, 2), "02:59:59", "-06:00", "does not exist"),
        (date(2006, 4, 2), "03:00", "", None),
        (date(2006, 10, 29), "00:59", "", None),
        (date(2006, 10, 29), "01:00", "", "is there twice in America/Chicago, at -05:00 and at -06:00"),
        (date(2006, 10, 29), "01:30", "-05:00", None),
        (date(2006, 10, 29), "01:30", "-06:00", None),
        (date(2006, 10, 29), "02:00", "", None),
        (date(2006, 3, 1), "12:00", "-05:00", "is at -06:00 from UTC, not at -05:00"),
        (date(2006, 4, 2), "", "", None),
    ],
)
def test_a_time_that_does_not_exist_or_exists_twice_is_refused(day, time, offset, because):
    found = impossible_time(screened("a", occurred=day, time=time, offset=offset, zone="America/Chicago"))
    assert found is None if because is None else because in found.says


def test_a_time_without_a_zone_cannot_be_checked():
    assert impossible_time(screened("a", time="02:30", zone="")) is None


def test_the_sites_zone_is_used_where_the_line_names_none():
    known = Door({}, {"S01": "America/Chicago"}).resolve(screened("a"))
    assert (known.zone, known.offset) == ("America/Chicago", "-06:00")
