"""A form as far as it came back, without what only a page shows: for saving, which everybody waits for.

Only items of one value, entered under the visit's own key, are read so; whatever else came back needs the whole form.
Read `quick_form`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from trialwright.core.casebook.choosing import choices_of
from trialwright.core.casebook.items import came_to_screening, remark_on, values_of
from trialwright.core.casebook.shapes import shape_of
from trialwright.core.casebook.values import Form, Item, Section, Shape
from trialwright.core.ledger import Value, item_date
from trialwright.core.protocol import Concept, Field
from trialwright.core.subject import Case


def quick_form(case: Case, name: str, key: str, concepts: Collection[str], paths: Iterable[str]) -> Form | None:
    """The form of a visit's key with the items of these paths alone; None where they are not all simply of that visit.

    `name` is the id of the form, `concepts` what it asks.
    """
    fields: dict[str, list[str]] = {"visit": []}
    for path in paths:
        parts = path.split("/")
        if len(parts) != 3 or parts[1] != key or (parts[0] not in concepts and parts[0] != "visit"):
            return None
        fields.setdefault(parts[0], []).append(parts[2])
    sections = [_section(case, name, key, concept, names) for concept, names in fields.items()]
    known = [one for one in sections if one is not None]
    if len(known) < len(sections):
        return None
    day = item_date(values_of(case, "visit", key).get("on"))
    if day is None and "on" not in fields["visit"] and key in encounters_entered(case):
        return None  # the day is that of an earlier form
    return Form(name, name, key, day.exact if day else None, tuple(known), since=came_to_screening(case))


def encounters_entered(case: Case) -> frozenset[str]:
    """The keys of visits at which anything was entered."""
    return frozenset(getattr(event, "encounter", "") for event in case.record.log or ())


def _section(case: Case, form: str, key: str, name: str, fields: Collection[str]) -> Section | None:
    """What came back of one concept; None where it is not entered once at a visit."""
    concept = case.concepts.get(name)
    if concept is None or (name != "visit" and shape_of(concept) not in (Shape.ONE, Shape.AT_VISIT)):
        return None
    own = {one.id for one in concept.fields}
    if not own.issuperset(fields):
        return None
    wanted = {*fields, *(("encounter", "on", "done") if name == "visit" else ("bound",))}
    values = values_of(case, name, key)
    items = [_item(case, concept, one, key, values) for one in concept.fields if one.id in wanted]
    if name == "visit":
        items = [replace(one, fixed=form) if one.name == "encounter" else one for one in items]
    shape = Shape.AT_VISIT if concept.repeats else Shape.ONE
    return Section(concept, concept.label, shape, key, tuple(items))


def _item(case: Case, concept: Concept, field: Field, key: str, values: Mapping[str, Value]) -> Item:
    told = not field.unit and field.id != "encounter"
    choices, closed = choices_of(case, concept, field, date.max) if told else ((), False)
    return Item(
        path=f"{concept.id}/{key}/{field.id}",
        concept=concept,
        field=field,
        label=concept.label if field.id == "value" else field.label,
        value=values.get(field.id),
        units=(field.unit,) if field.unit else (),
        choices=choices,
        closed=closed,
        required=field.required,
        remark=remark_on(case, concept.id, key, field.id),
    )
