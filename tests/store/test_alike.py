"""What is passed over in one step is what the long way finds sound, and leaves the walk where that leaves it."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.ledger import AccrualSuspended, Change, FormSubmitted, StudyOpened
from trialwright.core.terms import Quantity
from trialwright.store import SeededIssuer, Submission, Text, chain, glance, open_study, rows, shapes, verify
from trialwright.store.alike import Alike
from trialwright.store.checks import Stored, Walk, first_bad
from trialwright.store.encoding import read_event
from trialwright.store.errors import LedgerError

PROTOCOL = Text("protocol", "protocol: TRIAL-1\n")
START = datetime(2006, 3, 1, 9, 0, tzinfo=UTC)
EXAMPLES = 250
NUMBER = {column: place for place, column in enumerate(Stored._fields)}


def said(kind, /, **own):
    """An event of a kind."""
    common = {"actor": "u1", "role": "coordinator", "site": "S01", "occurred": START.date()}
    return kind(**common | {"protocol": PROTOCOL.sha256} | own)


def saves():
    """Forms of two kinds by two people, one with text that is not plain, and events of the study without a site."""
    opening = said(StudyOpened, site=None, study="TRIAL-1", kind="simulated")
    yield Submission("open", (opening,), texts=(PROTOCOL,), recorded_at=START)
    for number in range(1, 40):
        unit, by = ("/mm3", "u1") if number % 3 else ("g/dL", "u2")
        items = (
            Change(f"anc/c{number}d1/value", None, Quantity.parse(f"{number * 37} {unit}")),
            Change("weight/c1d1/value", None, "café" if number == 17 else number % 2 == 0),
            Change("visits/c1d1/value", None, number if number % 5 == 0 else "none"),
        )
        form = said(FormSubmitted, subject=f"S01-00{number % 4}", form=f"form-{number % 2}", items=items, actor=by)
        suspended = said(AccrualSuspended, site=None, why=f"reason {number}")
        events = (form, suspended) if number % 7 == 0 else (form,)
        yield Submission(f"save-{number}", events, recorded_at=START + timedelta(hours=number))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Every row of a ledger, in order."""
    folder = tmp_path_factory.mktemp("alike")
    with open_study(folder) as ledger:
        ledger.append_many([*saves()], SeededIssuer("seed"))
    assert verify(folder).ok
    connection = sqlite3.connect(folder / "trial.sqlite3")
    found = connection.execute(f"{rows.SELECT_EVERYTHING} ORDER BY e.chain_id, e.seq").fetchall()
    connection.close()
    return found


def walked(batch, *, at_once, **noted):
    """The walk over rows, what was first found wrong, and how many rows went the long way."""
    walk, place, slow = Walk(**noted), 0, 0
    alike = Alike(walk)
    while (end := alike.pass_over(batch, place) if at_once else place) < len(batch):
        slow, place, row = slow + 1, end + 1, Stored(*batch[end])
        if bad := first_bad(row, walk):
            return walk, bad, slow
        if at_once:
            alike.learn(row)
    return walk, None, slow


def state(walk):
    """All that a walk has established, but for the header it read last."""
    return {each.name: getattr(walk, each.name) for each in fields(walk) if each.name != "header"}


def test_both_ways_leave_the_walk_in_the_same_place_and_most_events_go_the_short_way(stored):
    (quick, bad, slow), (long, same, _) = walked(stored, at_once=True), walked(stored, at_once=False)
    assert bad is same is None and state(quick) == state(long)
    assert 0 < slow <= 10 < len(stored) // 3


def test_where_a_checkpoint_or_a_noted_head_stands_the_walk_notes_it_either_way(stored):
    name, hashes = stored[0][0], {row[1]: row[NUMBER["hash"]].hex() for row in stored if row[0] == stored[0][0]}
    said = {"checkpoints": {(name, 30): b""}, "wanted": frozenset({(name, 31)}), "expected_hash": hashes[32]}
    quick, long = walked(stored, at_once=True, **said)[0], walked(stored, at_once=False, **said)[0]
    assert state(quick) == state(long)
    assert set(quick.roots) == {(name, 30), (name, 31)} and quick.seen_expected == {hashes[32]}


VALUES = (
    None,
    True,
    False,
    -1,
    0,
    1,
    2,
    7,
    1.0,
    2.0,
    2**60,
    b"",
    b"x",
    "",
    "0",
    "a,b",
    "caf\u00e9",
    "e\u0301",
    "\x00",
    "\ud800",
)
LETTERS = '"\\{}[],:0179.-/ \u00e9\x00unx'


def other(value, chance):
    """Another value in the place of a stored one: of any type, as text or bytes, or with a few letters changed."""
    made = [chance.choice(VALUES), str(value), float(value) if isinstance(value, int) else value]
    if isinstance(value, str):
        place, put_in = chance.randint(0, len(value)), "".join(chance.choices(LETTERS, k=chance.randint(0, 3)))
        made += [value[:place] + put_in + value[place + chance.randint(0, 3) :]] * 5
        made += [value.encode(errors="replace")]
    if isinstance(value, bytes):
        made += [bytes([value[0] ^ 1]) + value[1:] if value else b"x", value.hex()]
    return chance.choice(made)


def changed_in(batch, place, chance):
    """A row in which a value was changed, perhaps in the header too, and perhaps all hashed again."""
    row = list(batch[place])
    column = chance.choice([*range(len(row)), *[NUMBER["header"], NUMBER["body"]] * 4])
    old, row[column] = row[column], other(row[column], chance)
    if chance.random() < 0.5 and column < NUMBER["header"] and isinstance(row[NUMBER["header"]], str):
        row[NUMBER["header"]] = row[NUMBER["header"]].replace(str(old), str(row[column]), 1)
    return hashed_again(row) if chance.random() < 0.5 else tuple(row)


def hashed_again(row):
    """A row whose commitment and hash were computed anew, as somebody who knows the format would."""
    made = Stored(*row)
    try:
        made = made._replace(payload_commit=chain.payload_commitment(made.salt, made.body))
        header = made.header.replace(Stored(*row).payload_commit.hex(), made.payload_commit.hex())
        return tuple(made._replace(header=header, hash=chain.event_hash(header)))
    except (AttributeError, TypeError, ValueError):
        return row


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_what_is_changed_is_found_at_the_same_place_for_the_same_reason_either_way(stored, seed):
    chance = Random(seed)
    batch = list(stored)[: chance.randint(2, len(stored))]
    for _ in range(chance.randint(1, 2)):
        place = chance.choice([len(batch) - 1, chance.randrange(len(batch))])
        batch[place] = changed_in(batch, place, chance)
    if chance.random() < 0.1:
        one, two = chance.randrange(len(batch)), chance.randrange(len(batch))
        batch[one], batch[two] = batch[two], batch[one]
    (quick, bad, _), (long, same, _) = walked(batch, at_once=True), walked(batch, at_once=False)
    assert bad == same
    assert state(quick) == state(long)


LAST = [
    ("submission_id", 'x","sub":"y'), ("submission_id", "x\\"), ("submission_id", "e\u0301"),
    ("submission_id", "\x7f"), ("event_id", "e\n"), ("stream_id", 'study","stream":"study'), ("part", True),
    ("part", 0.0), ("part", -1), ("part", 2**60), ("part", "0"), ("seq", 41.0), ("stream_version", 1.0),
    ("stream_version", True), ("payload_of", None), ("salt", None), ("body", None), ("body", b"[]"), ("chain_id", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), LAST)
def test_a_last_event_forged_with_columns_header_and_hash_agreeing_is_judged_alike(stored, column, value):
    """Whoever hashes the last event anew breaks nothing after it: each rule must be asked for its own sake."""
    study = [row for row in stored if row[0] == stored[0][0]]
    row = Stored(*study[-1])
    keys = {
        "submission_id": "sub",
        "event_id": "id",
        "stream_id": "stream",
        "stream_version": "sv",
        "chain_id": "chain",
    }
    key, old = keys.get(column, column), getattr(row, column)
    said = [f'"{key}":"{each}"' if isinstance(each, str) else f'"{key}":{each}' for each in (old, value)]
    header = row.header.replace(*said)
    batch = [*study[:-1], tuple(row._replace(**{column: value}, header=header, hash=chain.event_hash(header)))]
    (quick, bad, _), (long, same, _) = walked(batch, at_once=True), walked(batch, at_once=False)
    assert bad == same and state(quick) == state(long)
    assert (bad is None) == (value in ("\x7f", -1, "0"))


def test_a_walk_that_did_not_compare_the_columns_in_one_step_would_be_caught(stored, monkeypatch):
    """The control: a short way that takes any letters for plain passes over what the long way refuses."""
    monkeypatch.setattr("trialwright.store.alike.PLAIN", bool)
    study = [row for row in stored if row[0] == stored[0][0]]
    row = Stored(*study[-1])
    value = row.submission_id + '","sub":"' + row.submission_id
    header = row.header.replace(f'"sub":"{row.submission_id}"', f'"sub":"{value}"')
    forged = row._replace(submission_id=value, header=header, hash=chain.event_hash(header))
    batch = [*study[:-1], tuple(forged)]
    assert walked(batch, at_once=False)[1] is not None
    assert walked(batch, at_once=True)[1] is None


BODY = (
    '[{"new":"2006-03-01","old":null,"path":"occurred"},{"new":"laboratory","old":null,"path":"form"},'
    '{"new":{"u":"/mm3","v":"1500"},"old":{"missing":"not_done"},"path":"anc/c1d1/value"},'
    '{"new":"calm","old":true,"path":"note/c1d1/value"}]'
)
HEADER = {
    "type": "FormSubmitted", "stream": "subject:S01-001", "seq": 5, "at": "2006-03-01T09:00:00.000000Z", "id": "e",
    "actor": "u1", "role": "r", "site": None, "reason": None, "proto-hash": None,
}  # fmt: skip


def short(bodies, body):
    """Whether a payload is told by what is remembered alone."""
    own = body.find(end := bodies.ends.get("FormSubmitted", shapes.NEXT)) + len(end)
    items = body.encode(errors="replace")[own:-1].translate(bodies.ALIKE).split(shapes.NEXT.encode())
    return ("FormSubmitted", body[:own]) in bodies.heads and bodies.items.issuperset(items) and body[-1] == "]"


@given(data=st.data())
def test_a_payload_like_one_read_before_can_be_read(data):
    bodies = glance.Bodies()
    assert bodies.can_be_read("FormSubmitted", BODY) and short(bodies, BODY)
    assert short(bodies, BODY.replace("1500", "2715").replace("c1d1", "c3d8"))
    place = data.draw(st.integers(0, len(BODY)))
    put_in = data.draw(st.text(st.sampled_from('"\\{}[],:0123456789-.eEu/ é\0\x7ftrunlfas'), max_size=3))
    changed = BODY[:place] + put_in + BODY[place + data.draw(st.integers(0, 3)) :]
    if short(bodies, changed):
        read_event(HEADER, changed)
    try:
        read_event(HEADER, changed)
    except LedgerError:
        assert not short(bodies, changed)


@pytest.mark.parametrize("number", ["0", "-0", "007", "12", "-12"])
def test_a_whole_number_is_looked_at_each_time(number):
    bodies = glance.Bodies()
    assert bodies.can_be_read("FormSubmitted", BODY.replace('"calm"', "100"))
    assert not short(bodies, BODY.replace('"calm"', number))


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_grows_by_many_leaves_as_it_does_by_one(size, more):
    frontier: tuple[bytes, ...] = ()
    leaves = [bytes([number]) * 32 for number in range(size + more)]
    for place, leaf in enumerate(leaves[:size]):
        frontier = chain.grow(frontier, place, leaf)
    at_once = chain.grow_by(frontier, size, leaves[size:])
    for place, leaf in enumerate(leaves[size:], size):
        frontier = chain.grow(frontier, place, leaf)
    assert at_once == frontier
