"""What is told to be sound at a glance is what the long way finds sound; what it does not know goes the long way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.store.canonical import NotCanonical, read_canonical
from trialwright.store.chain import header_problem
from trialwright.store.encoding import read_event
from trialwright.store.glance import can_be_read, header_of

HEADER = {
    "v": 1, "chain": "study:T", "seq": 5, "id": "e5", "prev": "ab", "pc": "cd", "sub": "save-5", "part": 0,
    "stream": "subject:S01-001", "sv": 2, "type": "FormSubmitted", "actor": "u1", "role": "coordinator", "site": "S01",
    "session-hash": None, "at": "2006-03-01T09:00:00.000000Z", "tz": "UTC", "reason": None, "proto-hash": "ef",
    "app": "0.1.0",
}  # fmt: skip
BODY = [
    {"path": "occurred", "old": None, "new": "2006-03-01"},
    {"path": "form", "old": None, "new": "laboratory"},
    {"path": "anc/c1d1/value", "old": {"missing": "not_done"}, "new": {"v": "1500", "u": "/mm3"}},
    {"path": "note/c1d1/value", "old": "calm", "new": True},
]


def spelt(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_common_header_and_payload_are_read_at_a_glance():
    assert header_of(spelt(HEADER)) == HEADER
    assert can_be_read(HEADER, spelt(BODY))


@pytest.mark.parametrize(
    "other", [{"actor": "u\u00e9"}, {"actor": 'u"1'}, {"v": 2}, {"seq": "5"}, {"seq": 5.0}, {"seq": -5}, {"seq": True},
              {"signature-meaning": "approval"}, {"more": None}, {"actor": "u\x7f"}, {"seq": 10**15}]
)  # fmt: skip
def test_any_other_header_goes_the_long_way(other):
    assert header_of(spelt(HEADER | other)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"path": "occurred", "old": None, "new": "1 March"},
        {"path": "nobody knows", "old": None, "new": "x"},
        {"path": "unknown", "old": None, "new": "x"},
        {"path": "a/b/c", "old": None, "new": "caf\u00e9"},
        {"path": "a/b/c", "old": None, "new": {"v": "many", "u": "/mm3"}},
        {"path": "a/b/c", "old": None, "new": 1.5},
        {"path": "a/b/c", "old": None},
    ],
)
def test_a_payload_that_may_not_be_read_goes_the_long_way(change):
    others = [each for each in BODY if each["path"] != change["path"]]
    assert not can_be_read(HEADER, spelt([change, *others]))
    assert not can_be_read(HEADER, spelt([*BODY, change]))


def test_a_minus_before_nought_goes_the_long_way_which_refuses_it():
    body = spelt([*BODY, {"path": "a/b/c", "old": None, "new": 0}])
    assert can_be_read(HEADER, body)
    assert not can_be_read(HEADER, body.replace(':0,"old"', ':-0,"old"'))
    with pytest.raises(NotCanonical):
        read_canonical(body.replace(':0,"old"', ':-0,"old"'))


@given(st.data())
def test_what_is_sound_at_a_glance_is_sound_the_long_way(data):
    text, is_header = data.draw(st.sampled_from([(spelt(HEADER), True), (spelt(BODY), False)]))
    place = data.draw(st.integers(0, len(text)))
    put_in = data.draw(st.text(st.sampled_from('"\\{}[],:0123456789-.eEu/ \u00e9\0\x7ftrunlfas'), max_size=3))
    changed = text[:place] + put_in + text[place + data.draw(st.integers(0, 3)) :]
    if is_header and (found := header_of(changed)) is not None:
        assert read_canonical(changed) == found and header_problem(found) is None
    if not is_header and can_be_read(HEADER, changed):
        read_event(HEADER, changed)
    try:
        read_canonical(changed)
    except NotCanonical:
        assert (header_of(changed) if is_header else can_be_read(HEADER, changed)) in (None, False)
