"""Every kind of event goes into the ledger and comes back as it was said."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_type_hints

import pytest

from trialwright.core.ledger import KINDS, Change, FormSubmitted, Missing, Said, Signed, SubjectScreened
from trialwright.core.terms import Quantity
from trialwright.store.chain import HEADER_KEYS, SIGNATURE_KEY, header_problem
from trialwright.store.encoding import entry_of, read_event, stream_of
from trialwright.store.entry import Place, header_text
from trialwright.store.submission import Text

PLACE = Place(
    chain="study:TRIAL-1", seq=7, event_id="id-7", prev=b"\1" * 32, commitment=b"\2" * 32, submission="s", part=0,
    stream_version=3, session=None, at=datetime(2006, 3, 1, 15, 4, 5, 678, tzinfo=UTC), app="0.1.0",
)  # fmt: skip
VALUES = [
    ("text", "stage IIB"),
    ("accents", "Sézary"),
    ("yes", True),
    ("no", False),
    ("a whole number", 0),
    ("a number with the precision typed", Quantity(Decimal("3.20"), "10*3/uL")),
    ("a number below zero", Quantity(Decimal("-0.5"), "Cel")),
    ("missing, and why", Missing("not_done")),
    ("nothing", None),
]


def filled(kind):
    """An event of this kind with every own field filled in by its type."""
    samples = {date: date(2006, 2, 28), int: 2, str: "x", Quantity: Quantity(Decimal("10"), "mg"),
               Said: Said("10 mg", ("start", "maximum"), "ab", "0.1.0")}  # fmt: skip
    hints = get_type_hints(kind)
    own = {}
    for each in dataclasses.fields(kind):
        if hints[each.name] == tuple[str, ...]:
            own[each.name] = ("study", "stored specimens")
            continue
        options = [hints[each.name], *getattr(hints[each.name], "__args__", ())]
        own[each.name] = next((samples[option] for option in options if option in samples), None)
    if "items" in own:
        own["items"] = tuple(Change(f"c/i/f{place}", None, value) for place, (_, value) in enumerate(VALUES))
    if "stands" in own:
        own["stands"] = (Change("occurred", None, "2006-02-28"), Change("c/i/f", None, Missing("redacted")))
    own |= {"site": "S01", "subject": "S01-001", "time": "14:30", "offset": "-06:00", "zone": "America/Chicago"}
    return kind(**own | {"protocol": Text("protocol", "p").sha256, "recorded": PLACE.at, "id": "id-7", "seq": 7})


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_event_reads_back_as_it_was_said(name):
    event = filled(KINDS[name])
    entry = entry_of(event)
    assert read_event(json.loads(header_text(entry, PLACE)), entry.body) == event


@pytest.mark.parametrize(("what", "value"), VALUES)
def test_an_items_value_reads_back_as_typed(what, value, trial):
    event = trial.said_by(FormSubmitted, subject="S01-001", form="f", items=(Change("c/i/f", value, value),))
    entry = entry_of(event)
    read = read_event(json.loads(header_text(entry, PLACE)), entry.body)
    assert read.items == event.items
    assert [type(read.items[0].new), str(read.items[0].new)] == [type(value), str(value)]


def test_the_header_holds_the_keys_of_the_format_and_a_signature_one_more(trial):
    plain = json.loads(header_text(entry_of(trial.said_by(SubjectScreened, subject="S01-001", version="1")), PLACE))
    signed = filled(Signed)
    assert set(plain) == set(HEADER_KEYS)
    assert set(json.loads(header_text(entry_of(signed), PLACE))) == {*HEADER_KEYS, SIGNATURE_KEY}


def test_the_header_is_written_as_documented(trial):
    event = trial.said_by(SubjectScreened, subject="S01-001", version="1", protocol="ab" * 32, reason="typing")
    assert header_text(entry_of(event), PLACE) == (
        '{"actor":"u1","app":"0.1.0","at":"2006-03-01T15:04:05.000678Z","chain":"study:TRIAL-1","id":"id-7","part":0,'
        '"pc":"' + "02" * 32 + '","prev":"' + "01" * 32 + '","proto-hash":"' + "ab" * 32 + '","reason":"typing",'
        '"role":"coordinator","seq":7,"session-hash":null,"site":"S01","stream":"subject:S01-001","sub":"s","sv":3,'
        '"type":"SubjectScreened","tz":"UTC","v":1}'
    )


def test_nothing_of_the_subject_but_the_opaque_id_is_in_the_header(trial):
    entry = entry_of(filled(FormSubmitted))
    header = header_text(entry, PLACE)
    assert "2006-02-28" not in header and "Sézary" not in header and "14:30" not in header
    assert "2006-02-28" in entry.body and "Sézary" in entry.body


@pytest.mark.parametrize(
    ("subject", "site", "stream"),
    [("S01-001", "S01", "subject:S01-001"), (None, "S01", "site:S01"), (None, None, "study")],
)
def test_the_stream_is_the_subjects_else_the_sites_else_the_studys(trial, subject, site, stream):
    assert stream_of(trial.said_by(SubjectScreened, subject=subject, site=site, version="1")) == stream


@pytest.mark.parametrize("change", [{"v": 2}, {"extra": 1}, {"actor": ...}])
def test_a_header_of_another_format_is_refused(change):
    header = dict.fromkeys(HEADER_KEYS, "x") | {"v": 1}
    assert header_problem(header) is None
    header = {key: value for key, value in (header | change).items() if value is not ...}
    assert header_problem(header)
