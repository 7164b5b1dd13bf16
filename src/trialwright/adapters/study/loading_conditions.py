"""Whether every condition can be judged: its concepts, sets, questions and anchors exist, its units and codes fit.

A limit in a unit of another dimension would make every answer unknown; a code a concept does not have would make it
never met. Both are found here, before any patient is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.positions import Path
from trialwright.core.conditions import (
    Age,
    Ask,
    Condition,
    GradeIs,
    Had,
    Limit,
    Measure,
    NumberIs,
    ResponseIs,
    Sex,
)
from trialwright.core.conditions.constructs import MULTIPLES, Rank
from trialwright.core.conditions.values import codes_at
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.terms import Finding, Quantity
from trialwright.standards.units import UNITS

NUMBERS = (Kind.QUANTITY, Kind.INTEGER)
NEVER = "The condition could never be judged, so nobody could be found eligible or given a dose by it."


def check_conditions(look: Look) -> Iterator[Finding]:
    """Every condition of the protocol, part by part."""
    for path, condition in look.conditions:
        for cls, check in CONDITION_CHECKS.items():
            if isinstance(condition, cls):
                yield from check(look, path, condition)


def _check_measure(look: Look, path: Path, measure: Measure) -> Iterator[Finding]:
    concept = look.concepts.get(measure.concept)
    if concept is None:
        if measure.concept not in look.ids("concepts"):
            yield look.unknown((*path, "measure"), "concept", measure.concept, look.concepts)
        return
    value = concept.value
    if measure.limit is not None and value.kind not in NUMBERS:
        yield _wrong_kind(look, (*path, "is"), concept, "`is:` compares numbers; write `in:` with a list of codes")
    elif measure.limit is not None:
        yield from check_limit(look, (*path, "is"), measure.limit, value, concept)
    if measure.one_of:
        yield from _check_codes(look, (*path, "in"), measure.one_of, value)
    if measure.rank is not None:
        yield from _check_rank(look, (*path, "is"), measure.rank, concept)
    if measure.of_baseline and not look.protocol.regimen:
        yield look.finding(path, "Nothing is given, so no value is the one before treatment.", NEVER, "Write a limit.")


def _check_rank(look: Look, path: Path, rank: Rank, concept: Concept) -> Iterator[Finding]:
    """A place on a scale: the codes have an order, and the places are on it, the lower one first."""
    if not concept.value.ordered:
        yield _wrong_kind(
            look, path, concept, "write `in:` with a list, or give its codes in order with `ordered: true`"
        )
        return
    places = [code for _, code in rank.comparisons]
    yield from _check_codes(look, path, tuple(places), concept.value)
    if all(code in concept.value.codes for code in places) and not codes_at(concept.value.codes, rank):
        yield look.finding(path, f"No {concept.id} is {rank}.", NEVER, "Write the lower place of the scale first.")


def _wrong_kind(look: Look, path: Path, concept: Concept, do: str) -> Finding:
    return look.finding(path, f"{concept.id} is recorded as {concept.value.kind.value}.", NEVER, f"{do}.")


def _check_codes(look: Look, path: Path, codes: tuple[str, ...], field: Field) -> Iterator[Finding]:
    known = field.codes or (("yes", "no") if field.kind is Kind.YES_NO else ())
    listed = isinstance(look.document.at(path), list)
    for number, code in enumerate(codes):
        if known and code not in known:
            yield look.unknown((*path, number) if listed else path, f"code of {field.label}", code, known)


# --- limits and units ---------------------------------------------------------------------------------------------


def check_limit(
    look: Look, path: Path, limit: Limit, field: Field, concept: Concept | None = None
) -> Iterator[Finding]:
    """A limit in a unit the value cannot have."""
    for bound in {bound.unit: bound for _, bound in limit.comparisons}.values():
        problem = _unit_problem(look, bound, field, concept)
        if problem:
            yield look.finding(path, f"{problem[:1].upper()}{problem[1:]}.", NEVER, _unit_advice(field))


def _unit_problem(look: Look, bound: Quantity, field: Field, concept: Concept | None) -> str | None:
    if bound.unit == "baseline":
        return f"{field.label} is not measured, so it has no baseline" if concept is None else None
    if bound.unit in MULTIPLES:
        if concept is None or not concept.reference_range:
            return f"{field.label} has no laboratory limits, so {bound.unit} means nothing for it"
        return None
    return unit_problem(bound.unit, field.unit, concept.id if concept else None, field.label)


def unit_problem(unit: str, wanted: str | None, analyte: str | None, label: str) -> str | None:
    """Why a unit cannot stand for a value kept in another one; None where it can."""
    if unit == (wanted or "1"):
        return None
    try:
        if UNITS.same_dimension(unit, wanted or "1", analyte):
            return None
    except ValueError as problem:
        return str(problem)
    if unit == "1":
        return f"the limit has no unit; {label} is kept in {wanted}"
    return f"the unit {unit!r} measures something else than {wanted or 'a plain number'}, in which {label} is kept"


def _unit_advice(field: Field) -> str:
    return (
        f"Write the limit in {field.unit} or a unit that converts to it." if field.unit else "Write it without a unit."
    )


# --- the other constructs -----------------------------------------------------------------------------------------


def _check_age(look: Look, path: Path, age: Age) -> Iterator[Finding]:
    for unit in sorted({bound.unit for _, bound in age.limit.comparisons} - {"years", "year"}):
        yield look.finding(
            (*path, "age"), f"Age is in completed years, not in {unit!r}.", NEVER, "Write years, such as 18-120 years."
        )


def _check_sex(look: Look, path: Path, sex: Sex) -> Iterator[Finding]:
    yield from _check_codes(look, (*path, "sex"), (sex.sex,), look.concepts["sex"].value)


def _check_had(look: Look, path: Path, had: Had) -> Iterator[Finding]:
    sets = {one.id: one for one in look.protocol.sets}
    name = sets[had.set].of if had.set in sets else had.set
    repeating = {key for key, one in look.concepts.items() if one.repeats}
    known = {*look.ids("sets"), *repeating}
    if had.set not in known:
        yield look.unknown((*path, had.how), "set or repeating concept", had.set, known)
        return
    concept = look.concepts.get(name)
    if concept is None or not concept.repeats:
        return
    by_id = {field.id: field for field in concept.fields}
    for field_name, codes in had.where:
        place = (*path, "where", field_name)
        if field_name not in by_id:
            yield look.unknown(place, f"field of {name}", field_name, by_id)
        else:
            yield from _check_codes(look, place, codes, by_id[field_name])


def _check_ask(look: Look, path: Path, ask: Ask) -> Iterator[Finding]:
    questions = {key for key, one in look.concepts.items() if one.value.kind is Kind.YES_NO and not one.repeats}
    if ask.question not in look.asks and ask.question not in questions:
        yield look.unknown((*path, "ask"), "question under asks", ask.question, {*look.asks, *questions})


def _check_grade(look: Look, path: Path, grade: GradeIs) -> Iterator[Finding]:
    yield from _check_term(look, (*path, "grade"), grade.term)
    bounds = [bound for _, bound in grade.limit.comparisons]
    if any(bound.unit != "1" or not 0 <= bound.value <= 5 for bound in bounds):
        yield look.finding(
            (*path, "is"), f"No grade is {grade.limit}.", NEVER, "Grades run from 0 to 5, without a unit."
        )


def _check_term(look: Look, path: Path, name: str) -> Iterator[Finding]:
    """A toxicity is reported by the short name of its term; by another name the rule would never see it."""
    table = look.standards.toxicity
    if look.protocol.standards.toxicity is None:
        yield _no_standard(look, path, "toxicity", "grades")
    if table is None or name == "any":
        return
    term = table.term(name)
    if term is None:
        yield look.unknown(
            path,
            f"term of {table.name} {table.version}",
            name,
            [one.short for one in table.laboratory] + [one.short for one in table.named],
        )
    elif term.short != name:
        yield look.finding(
            path,
            f"{table.name} {table.version} calls {name!r} {term.short!r} here.",
            "Toxicities carry the short name, so the rule would never see one.",
            f"Write {term.short!r}.",
        )


def _check_response(look: Look, path: Path, response: ResponseIs) -> Iterator[Finding]:
    if look.protocol.standards.response is None:
        yield _no_standard(look, (*path, "response"), "response", "responses")


def _no_standard(look: Look, path: Path, kind: str, what: str) -> Finding:
    return look.finding(
        path,
        f"The protocol names no {kind} standard, so there are no {what}.",
        NEVER,
        f"Name one under standards.{kind}.",
    )


def _check_number(look: Look, path: Path, number: NumberIs) -> Iterator[Finding]:
    if number.name != "dose":
        field = Field(id=number.name, label=number.name, kind=Kind.INTEGER)
        yield from check_limit(look, (*path, number.name), number.limit, field)
        return
    for unit in sorted({regimen.dose.start.unit for regimen in look.protocol.regimen}):
        field = Field(id="dose", label="the dose", kind=Kind.QUANTITY, unit=unit)
        yield from check_limit(look, (*path, "dose"), number.limit, field)


CONDITION_CHECKS: Mapping[type[Condition], Callable[[Look, Path, Any], Iterator[Finding]]] = {
    Measure: _check_measure,
    Age: _check_age,
    Sex: _check_sex,
    Had: _check_had,
    Ask: _check_ask,
    GradeIs: _check_grade,
    ResponseIs: _check_response,
    NumberIs: _check_number,
}
"""What is examined of each construct."""

__all__ = ["NEVER", "check_conditions", "check_limit", "unit_problem"]
