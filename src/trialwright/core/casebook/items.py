"""One field of one record -> an item: what is recorded, the limits of the site on the day, the value before, units.

Which item waits for another is told from the fields of the record (`ASKED_WHEN`): why not, where it was not done. Read
`item_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from trialwright.core.casebook.choosing import choices_of
from trialwright.core.casebook.values import AskedWhen, Item, Last
from trialwright.core.ledger import Missing, SubjectScreened, Value
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.subject.standing import encounters_of, held_of, names_of, own_locks, widest
from trialwright.core.terms import Quantity, UnitMismatch, UnitTable

ASKED_WHEN: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    "reason": (("done", ("no",)), ("collected", ("no",)), ("evaluable", ("no",))),
    "place": (("collected", ("yes",)),),
    "stored_at": (("collected", ("yes",)),),
    "end": (("ongoing", ("no",)),),
    "aware_serious": (("serious", ("yes",)),),
    "aware_serious_time": (("serious", ("yes",)),),
    "why_missed": (("days_missed", ()),),
}
"""A field that is asked where another of its record has one of these values (none: any that is not 0 or empty)."""
ASIDE = frozenset({"on", "time", "low", "high", "bound", "by", "role"})
"""Beside a value: when, where it was not the day of the visit; limits as printed; who said it. Seldom filled in."""


def item_of(
    case: Case, concept: Concept, field: Field, instance: str, on: date, *, offered: Sequence[str] = (), fixed: str = ""
) -> Item:
    """A field of one instance of a concept as it stands on a form of a day."""
    recorded = values_of(case, concept.id, instance)
    choices, closed = choices_of(case, concept, field, on)
    choices = tuple(one for one in choices if (field.id, one.code) != ("recurrence_of", instance))
    low, high = limits_on(case, concept, on) if field is concept.value and concept.reference_range else (None, None)
    value = recorded.get(field.id)
    last = last_of(case, concept, field, instance, on)
    return Item(
        path=f"{concept.id}/{instance}/{field.id}",
        concept=concept,
        field=field,
        label=concept.label if field.id == "value" else field.label,
        value=value,
        low=low,
        high=high,
        last=last,
        units=units_of(case, concept, field, [value, low, high, last.value if last else None], offered),
        choices=choices,
        closed=closed,
        required=field.required,
        asked_when=asked_when(concept, field, instance),
        fixed=fixed,
        locked=locked_by(case, f"{concept.id}/{instance}/{field.id}", recorded),
        aside=field.id in ASIDE and not concept.repeats and field is not concept.value,
        remark=remark_on(case, concept.id, instance, field.id),
    )


def remark_path(path: str) -> str:
    """Where a remark on an item is kept: as a comment whose instance is the item's path.

    >>> remark_path("anc/course_day_1.2/value")
    'comment/anc.course_day_1.2.value/value'
    """
    return f"comment/{path.replace('/', '.')}/value"


def remark_on(case: Case, concept: str, instance: str, field: str) -> str:
    """The remark on an item, as why it was not done."""
    if "comment" not in case.record.items:
        return ""
    said = values_of(case, "comment", f"{concept}.{instance}.{field}").get("value")
    return said if isinstance(said, str) else ""


def values_of(case: Case, concept: str, instance: str) -> Mapping[str, Value]:
    """The values in force of an instance, field by field."""
    history = case.record.items.get(concept)
    return history.in_force.of(instance) if history else {}


def instance_of(case: Case, concept: str, instance: str) -> Observation | None:
    """What is recorded under an instance; it is on its form whatever its day."""
    return next((one for one in observations(case.record, concept) if one.instance == instance), None)


def came_to_screening(case: Case) -> date | None:
    """The first day on which the person came to screening; None where nobody said."""
    return min((one.occurred for one in case.record.of_kind(SubjectScreened)), default=None)


def asked_when(concept: Concept, field: Field, instance: str) -> AskedWhen | None:
    """The other item of the record that decides whether this one is asked."""
    named = {one.id: one for one in concept.fields}
    waits = ASKED_WHEN.get(field.id, ())
    if field.id.startswith("serious_") and "serious" in named:
        waits = (("serious", ("yes",)),)
    found = next(((name, values) for name, values in waits if name in named), None)
    if found is None:
        return None
    return AskedWhen(f"{concept.id}/{instance}/{found[0]}", named[found[0]].label, found[1])


def limits_on(case: Case, concept: Concept, on: date) -> tuple[Quantity | None, Quantity | None]:
    """The limits of the site's laboratory for this subject on a day."""
    facts = case.facts(on)
    return case.site.limits(concept.id, on, facts.sex, facts.ages_on(on))


def last_of(case: Case, concept: Concept, field: Field, instance: str, on: date) -> Last | None:
    """The value recorded last by a day, of another instance; of a lesion, of the same lesion."""
    if concept.id == "visit" or field.kind is Kind.DATE or (concept.repeats and "." not in instance):
        return None
    part = instance.rpartition(".")[2] if concept.repeats else ""
    for one in reversed(observations(case.record, concept.id, on)):
        alike = not part or one.instance.rpartition(".")[2] == part
        value = one.values.get(field.id)
        if one.instance != instance and alike and value is not None and not isinstance(value, Missing):
            return Last(value, one.on, one.encounter)
    return None


def units_of(
    case: Case, concept: Concept, field: Field, known: Sequence[Value], offered: Sequence[str]
) -> tuple[str, ...]:
    """The units to type a value in: as recorded, as this laboratory reports, the usual one, others that convert."""
    if field.kind is not Kind.QUANTITY:
        return ()
    told = [value.unit for value in known if isinstance(value, Quantity) and value.unit != "1"]
    usual = [field.unit] if field.unit and field.unit != "1" else []
    first = list(dict.fromkeys([*told, *usual]))
    return tuple(dict.fromkeys([*first, *(others_of(case, usual[0], concept, tuple(offered)) if usual else ())]))


def others_of(case: Case, usual: str, concept: Concept, offered: tuple[str, ...]) -> tuple[str, ...]:
    """Of the units that are offered, those a report may have in place of the usual one; worked out once for all."""
    key = (case.units, usual, concept.id, offered)
    if key not in _OTHERS:
        _OTHERS[key] = tuple(unit for unit in offered if converts(case.units, unit, usual, concept.id))
    return _OTHERS[key]


_OTHERS: dict[tuple[UnitTable, str, str, tuple[str, ...]], tuple[str, ...]] = {}
"""Units by table, concept and what is offered; they never change while the program runs."""


FAR = 10_000
"""A unit so many times larger or smaller than the usual one is never what a report has."""


def converts(units: UnitTable, unit: str, into: str, concept: str) -> bool:
    """Whether a report may have a unit in place of the usual one."""
    try:
        number = units.convert(Quantity.parse(f"1 {unit}"), into, concept)
    except (UnitMismatch, ValueError):
        return False
    return abs(number) <= FAR and (number == 0 or 1 / abs(number) <= FAR)


def locked_by(case: Case, path: str, recorded: Mapping[str, Value]) -> str:
    """By whom and since when an item that is recorded is locked; empty where it is not."""
    if path.rpartition("/")[2] not in recorded:
        return ""
    held = held_of([*case.site.locks, *own_locks(case.record)])
    if not held:
        return ""
    concept, instance, _ = path.split("/")
    there = instance_of(case, concept, instance)
    lock = widest(held, names_of(path, *(encounters_of(there) if there else ())))
    return f"{lock.what} was locked by {lock.actor} on {lock.occurred}" if lock else ""
