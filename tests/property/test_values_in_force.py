"""The values in force are those of the observations, however many entries there are and however they are asked for."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from trialwright.core.ledger import Change, FormSubmitted, ItemPath
from trialwright.core.subject.items import FEW, Entry, History

INSTANCES = 3 * FEW
ENTRIES = some.lists(
    some.tuples(
        some.integers(0, INSTANCES), some.sampled_from(["value", "bound"]), some.integers(0, 9), some.booleans()
    ),
    min_size=1,
    max_size=4 * FEW,
)


def entry(place: int, instance: int, field: str, value: int) -> Entry:
    path = f"anc/v{instance}/{field}"
    form = FormSubmitted(
        actor="u1", role="coordinator", site="S01", subject="S01-001", occurred=date(2025, 3, 1), form="visit",
        items=(Change(path, None, str(value)),), id=f"e{place}", seq=place + 1,
    )  # fmt: skip
    return Entry(ItemPath.parse(path), str(value), form)


@given(ENTRIES)
def test_what_is_in_force_of_an_instance_is_what_its_observation_has(told) -> None:
    history: History | None = None
    for place, (instance, field, value, asked) in enumerate(told):
        one = entry(place, instance, field, value)
        history = history.followed_by(*one) if history else History(*one)
        if asked:  # asked in between or not, the answer is the same
            assert history.standing(f"v{instance}", field) == str(value)
    assert history is not None
    expected = {one.instance: dict(one.values) for one in history.observed}
    assert {f"v{number}": dict(history.in_force.of(f"v{number}")) for number in range(INSTANCES + 1)} == {
        f"v{number}": expected.get(f"v{number}", {}) for number in range(INSTANCES + 1)
    }


@given(ENTRIES, some.sets(some.integers(0, 4 * FEW)))
def test_what_was_voided_is_not_in_force(told, voided) -> None:
    history: History | None = None
    for place, (instance, field, value, _) in enumerate(told):
        one = entry(place, instance, field, value)
        history = history.followed_by(*one) if history else History(*one)
    assert history is not None and history.in_force
    left = history.without(frozenset(f"e{place}" for place in voided))
    expected = {one.instance: dict(one.values) for one in left.observed} if left else {}
    for number in range(INSTANCES + 1):
        assert dict(left.in_force.of(f"v{number}") if left else {}) == expected.get(f"v{number}", {})
