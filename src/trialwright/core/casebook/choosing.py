"""What may be chosen in a field: its codes, the codes of the study's sets, what is recorded, what the protocol names.

A closed list is all there is. An open one offers the words the study classifies; other words are kept as they are, and
are found to be in no set. Read `choices_of`, then `NAMED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from trialwright.core.casebook.values import Choice
from trialwright.core.protocol import Concept, Field
from trialwright.core.schedule import sample_key, visits
from trialwright.core.subject import Case, observations

Choices = tuple[tuple[Choice, ...], bool]
"""What may be chosen, and whether that is all."""


def choices_of(case: Case, concept: Concept, field: Field, on: date) -> Choices:
    """What may be chosen in a field of a concept, on a day."""
    if field.codes:
        return _coded(field.codes), True
    named = NAMED.get((concept.id, field.id)) or NAMED.get(("", field.id))
    if named is not None:
        found = tuple(named(case, on))
        return found, bool(found)
    if field.id == "role" and (asked := next((one for one in case.protocol.asks if one.id == concept.id), None)):
        return tuple(Choice(role, role) for role in asked.signers), bool(asked.signers)
    if field.id == "code":
        return tuple(Choice(code, said(code)) for code in _codes_of_sets(case, concept.id)), False
    return (), False


@lru_cache(maxsize=1 << 10)
def _coded(codes: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(code, said(code)) for code in codes)


def said(code: str) -> str:
    """A code as it is said.

    >>> said("basal_cell_carcinoma_of_skin"), said("IVA1"), said("<")
    ('basal cell carcinoma of skin', 'IVA1', '<')
    """
    return code.replace("_", " ")


def _codes_of_sets(case: Case, concept: str) -> Iterator[str]:
    """Every code of a concept that some set of the protocol names, in its order."""
    yield from dict.fromkeys(code for one in case.protocol.sets if one.of == concept for code in one.codes)


def _drugs(case: Case, on: date) -> Iterator[Choice]:
    drugs = case.protocol.regimens_of(case.record.arm) or case.protocol.regimen
    yield from (Choice(name, name) for name in dict.fromkeys(one.drug for one in drugs))


def _adverse_events(case: Case, on: date) -> Iterator[Choice]:
    for one in observations(case.record, "adverse_event"):
        yield Choice(one.instance, f"{one.instance}: {one.text('term') or 'without a term'}, since {one.on}")


def _encounters(case: Case, on: date) -> Iterator[Choice]:
    yield from (Choice(one.id, one.label) for one in case.protocol.encounters)


def _specimens(case: Case, on: date) -> Iterator[Choice]:
    yield from (Choice(one.id, one.label) for one in case.protocol.specimens)


def _samples(case: Case, on: date) -> Iterator[Choice]:
    labels = {one.key: one.encounter.label for one in visits(case, on)}
    for specimen in case.protocol.specimens:
        for key, label in labels.items():
            if key.partition(".")[0] in specimen.encounters or key in specimen.encounters:
                yield Choice(sample_key(specimen, key), f"{specimen.label}, {label}")


def _assays(case: Case, on: date) -> Iterator[Choice]:
    yield from (Choice(one.id, one.label) for specimen in case.protocol.specimens for one in specimen.assays)


Named = Callable[[Case, date], Iterator[Choice]]
NAMED: Mapping[tuple[str, str], Named] = {
    ("", "drug"): _drugs,
    ("", "event"): _adverse_events,
    ("", "adverse_event"): _adverse_events,
    ("adverse_event", "recurrence_of"): _adverse_events,
    ("", "encounter"): _encounters,
    ("specimen", "specimen"): _specimens,
    ("assay", "specimen"): _specimens,
    ("custody", "specimen"): _samples,
    ("assay", "assay"): _assays,
}
"""Fields (of a concept, or of any) that name something recorded or something of the protocol."""
