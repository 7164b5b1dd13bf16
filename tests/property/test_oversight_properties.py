"""Signatures and queries whatever is recorded in whatever order: held against models that know nothing of the code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders import SUBJECT, day, form
from conducting import TRIAL, activated, screened, study, who
from trialwright.core.ledger import Event, EventVoided, QueryAnswered, QueryClosed, QueryOpened, Signed, SourceVerified
from trialwright.core.oversight import asked_queries, content_of, signatures, verifications

ITEMS = ("anc/c1d1/value", "anc/c1d8/value", "ecog/c1d1/value")
SCOPES = {"anc": ITEMS[:2], "anc/c1d8": ITEMS[1:2], "ecog/c1d1/value": ITEMS[2:], "subject": ITEMS}
STARTED = (activated(), screened(), form("2025-03-10", dict.fromkeys(ITEMS, "1")))

steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(ITEMS), st.sampled_from("123")),
        st.tuples(st.just("void"), st.integers(0, 8), st.just("")),
        st.tuples(st.just("ask"), st.sampled_from(ITEMS), st.just("")),
        st.tuples(st.just("verify"), st.sampled_from(ITEMS), st.just("")),
    ),
    max_size=8,
)


def told(script: list[tuple[str, object, str]], first: int) -> list[Event]:
    """The events of a script; a voiding names the id that an event before it will have."""
    events: list[Event] = []
    for what, name, value in script:
        if what == "edit":
            events.append(form("2025-03-21", {str(name): value}))
        elif what == "ask":
            events.append(QueryOpened(**who("2025-03-21"), item=str(name), asks="?"))
        elif what == "verify":
            events.append(SourceVerified(**who("2025-03-21"), paths=(str(name),)))
        elif isinstance(name, int) and name < len(events) and not isinstance(events[name], EventVoided):
            events.append(EventVoided(**who("2025-03-22"), voids=f"e{first + name}", why="w"))
    return events


def counted(events: list[Event], first: int) -> list[Event]:
    """The events without voidings and what they void: each names an event, never a voiding."""
    gone = {one.voids for one in events if isinstance(one, EventVoided)}
    return [
        one for place, one in enumerate(events)
        if f"e{first + place}" not in gone and not isinstance(one, EventVoided)
    ]  # fmt: skip


@given(steps, st.sampled_from(sorted(SCOPES)))
def test_a_signature_holds_as_long_as_nothing_that_counts_was_entered_in_its_scope(script, what) -> None:
    before = study(*STARTED)
    digest = content_of(TRIAL, before, before.subjects[SUBJECT], what, day("2025-03-20")).sha256
    role = {**who("2025-03-20"), "role": "investigator"}
    signed = Signed(**role, meaning="m", content_hash=digest, name="A. I.", what=what)
    after = told(script, first=len(STARTED) + 2)
    known = study(*STARTED, signed, *after)
    [standing] = signatures(TRIAL, known, known.subjects[SUBJECT])
    edited = {
        change.path
        for one in counted(after, len(STARTED) + 2)
        for change in getattr(one, "items", ())
    }  # fmt: skip
    assert standing.holds is not (edited & set(SCOPES[what]) != set())
    assert (standing.broken_by is None) is standing.holds


@given(steps)
def test_an_item_is_verified_when_its_last_word_is_a_verification(script) -> None:
    events = told(script, first=len(STARTED) + 1)
    known = study(*STARTED, *events)
    found = {one.item.name: one.state for one in verifications(known.subjects[SUBJECT])}
    for item in ITEMS:
        words = ["entered"]
        for one in counted(events, len(STARTED) + 1):
            if any(change.path == item for change in getattr(one, "items", ())):
                words.append("entered")
            elif item in getattr(one, "paths", ()):
                words.append("verified")
        expected = "verified" if words[-1] == "verified" else "changed since" if "verified" in words else "not verified"
        assert found[item] == expected


NAMES = ("q1", "q2")
lives = st.lists(st.tuples(st.sampled_from(["open", "answer", "close"]), st.sampled_from([*NAMES, ""])), max_size=10)


@given(lives)
def test_the_state_of_a_query_is_that_of_its_last_word(script) -> None:
    kinds = {"open": QueryOpened, "answer": QueryAnswered, "close": QueryClosed}
    own = {"open": {"asks": "?"}, "answer": {"answer": "!"}, "close": {}}
    events, model = [], dict[str, str]()
    for place, (what, name) in enumerate(script):
        events.append(kinds[what](**who("2025-03-21"), item=ITEMS[0], query=name, **own[what]))
        unnamed = f"e{len(STARTED) + place + 1}"
        if what == "open":
            model[name or unnamed] = "open"
        else:
            about = [name] if name else [one for one, state in model.items() if state != "closed"]
            model |= {one: {"answer": "answered", "close": "closed"}[what] for one in about if one in model}
    known = study(*STARTED, *events)
    assert {one.id: one.state for one in asked_queries(known.subjects[SUBJECT])} == model
