"""How the record behind a status reads: consent, versions, sites, locks, what was voided, and each specimen.

Nothing is decided here. Read `history_lines`.
"""

from __future__ import annotations

from datetime import date

from trialwright.cli.status_dose import Lines, reason_lines
from trialwright.core.conduct import SubjectStatus
from trialwright.core.specimens import SpecimenDue
from trialwright.core.terms import Because


def history_lines(said: SubjectStatus) -> Lines:
    """Consent, version, transfers, locks, what was voided; then what consent is asked by, where anything is special."""
    if said.history:
        yield ""
        yield "CONSENT AND VERSION"
    for one in said.history:
        yield row(one.about, f"{one.on}  {one.says}" if one.on else one.says)
    if any(one.about not in USUAL for one in said.history):
        yield from reason_lines(
            dict.fromkeys(Because(each.clause, each.words) for one in said.history for each in one.ground.because)
        )


USUAL = ("consent", "version")
"""What is told of everybody."""


def specimen_lines(said: SubjectStatus) -> Lines:
    """Each specimen once: where it is, then what is to be done with it and by when; each clause once."""
    if said.specimens:
        yield ""
        yield "SPECIMENS"
    by_specimen: dict[tuple[str, str, str], list[SpecimenDue]] = {}
    for one in said.specimens:
        by_specimen.setdefault((one.label, one.key, one.place or ""), []).append(one)
    for (label, key, place), some in by_specimen.items():
        yield f"  {label} ({key})" + (f", at {place}" if place else "")
        yield from (f"      {_to_do(one, said.on)}" for one in some)
        yield from (f"    {line}" for line in reason_lines(dict.fromkeys(one.because for one in some)))


def _to_do(one: SpecimenDue, on: date) -> str:
    time = f" {one.time}" if one.time else ""
    by = f", by {one.due}{time}" if one.due else ""
    aliquot = f" aliquot {one.aliquot}" if one.aliquot else ""
    return f"{one.to_do}{aliquot}{by}{', LATE' if one.is_late(on) else ''}"


def row(title: str, text: str) -> str:
    """A title and what is said of it, in two columns."""
    return f"  {title:12}{text}"
