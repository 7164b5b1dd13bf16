"""The Lugano classification as a protocol names it: lesions of a lymphoma -> response at every visit.

A visit with a five-point score is judged by PET, any other by CT; `why` tells both where both were done. Lesions are
those of the baseline, the last visit up to the first dose at which all of them were measured. Read `Lugano.assess`; the
rules are `lugano_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trialwright.core.response import Assessment
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Response, Severity, UnitTable
from trialwright.standards.response.lugano_rules import LIMITS, Ct, Lesion, ct_response, of, pet_response
from trialwright.standards.response.measuring import Sheet, baseline_and_later, length, number, sheets_of
from trialwright.standards.response.visits import first_dose_of

LESION, ASSESSMENT = "lymphoma_lesion", "lymphoma_assessment"
SCORES = ("1", "2", "3", "4", "5")
METABOLIC = {
    Response.CR: "complete metabolic response",
    Response.PR: "partial metabolic response",
    Response.SD: "no metabolic response",
    Response.PD: "progressive metabolic disease",
    Response.NE: "not evaluable",
}


@dataclass(frozen=True)
class Lugano:
    """The instrument as a protocol names it."""

    name: str = "lugano/2014"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The response at every visit after the first dose."""
        baseline, later = _split(case, on)
        words = case.protocol.response.words if case.protocol.response else ""
        found: list[Assessment] = []
        seen: list[Ct] = []
        for sheet in later:
            found.append(_judged(sheet, baseline, seen, case.units, words))
            seen += [ct_of(sheet, baseline, case.units)] if baseline else []
        return tuple(found)

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Lesions that cannot be used, that were none at baseline, and more of them than the standard takes."""
        baseline, later = _split(case, on)
        visits = (*((baseline,) if baseline else ()), *later)
        return tuple(found for sheet in visits for found in _findings(sheet, baseline, case.units))


def _split(case: Case, on: date) -> tuple[Sheet | None, tuple[Sheet, ...]]:
    sheets = sheets_of(case, {LESION: "lesion"}, ASSESSMENT, on)

    def whole(sheet: Sheet) -> bool:
        return ct_of(sheet, sheet, case.units).total is not None

    return baseline_and_later(sheets, first_dose_of(case, on), whole)


def ct_of(sheet: Sheet, baseline: Sheet, units: UnitTable) -> Ct:
    """A visit by CT, with the lesions of the baseline."""
    return Ct(
        lesions={name: _lesion(sheet, baseline, name, units) for name in sorted(baseline.of(LESION))},
        spleen=length(sheet.asked, "spleen", "cm", units),
        unmeasured=sheet.code("unmeasured"),
        marrow=sheet.code("marrow"),
        new_lesion=sheet.yes("new_lesion"),
    )


def _lesion(sheet: Sheet, baseline: Sheet, name: str, units: UnitTable) -> Lesion:
    first, now = baseline.one(LESION, name), sheet.one(LESION, name)
    node = not (first and first.yes("node") is False)
    if now and now.yes("too_small"):
        return Lesion(of("too_small"), of("too_small"), node)
    return Lesion(length(now, "longest", "cm", units), length(now, "perpendicular", "cm", units), node)


def _judged(sheet: Sheet, baseline: Sheet | None, earlier: list[Ct], units: UnitTable, words: str) -> Assessment:
    by_ct, told, ratio = Response.NE, "by CT: nothing was measured before the first dose", None
    if baseline:
        first, now = ct_of(baseline, baseline, units), ct_of(sheet, baseline, units)
        by_ct = ct_response(first, earlier, now)
        sums = [number(one.total) if one.total is not None else "not measured in whole" for one in (now, first)]
        told = f"by CT: {by_ct.value}, sum of products {sums[0]} cm2 against {sums[1]} at baseline"
        ratio = now.total / first.total if now.total is not None and first.total else None
    new = sheet.yes("new_lesion")
    response = Response.PD if new else by_ct
    score = sheet.code("deauville")
    if score:
        response = _by_pet(sheet, baseline, int(score) if score in SCORES else None)
        told = f"by PET: {METABOLIC[response]}, score {score}; {told}"
    if new is None:
        told = f"{told}; nobody recorded whether there was a new lesion"
    adequate = response is not Response.NE and sheet.yes("complete") is not False
    events, seen_on = ("new lesion",) if new else (), sheet.new_seen_on
    return Assessment(sheet.on, sheet.key, response, told, words, ratio, adequate, events, seen_on=seen_on)


def _by_pet(sheet: Sheet, baseline: Sheet | None, score: int | None) -> Response:
    """The marrow taking up where it did not before is a new site."""
    marrow = sheet.code("marrow") == "involved"
    again = marrow and baseline is not None and baseline.code("marrow") == "not_involved"
    return pet_response(score, sheet.code("uptake"), True if again else sheet.yes("new_lesion"), marrow)


# --- findings ------------------------------------------------------------------------------------------------------


def _findings(sheet: Sheet, baseline: Sheet | None, units: UnitTable) -> Iterator[Finding]:
    for name, entered in sheet.of(LESION).items():
        about, where = entered[-1].event.id, f"{sheet.key}, {sheet.on}"
        if baseline is None or name not in baseline.of(LESION):
            yield Finding(
                about=about,
                says=f"{where}: lesion {name} was none at baseline.",
                matters="It is not counted: lesions are followed that were chosen at baseline.",
                do="Correct the lesion's name, or report a new lesion in the assessment if it is one.",
                severity=Severity.WARNING,
            )
        elif _lesion(sheet, baseline, name, units).product is None:
            yield Finding(
                about=about,
                says=f"{where}: lesion {name} has no two diameters that can be used.",
                matters="The sum of products cannot be reckoned, and the response by CT is not evaluable.",
                do="Enter it once, with both diameters and their unit; 0 cm in each if it is gone.",
            )
    if sheet is baseline and len(sheet.of(LESION)) > of("most"):
        yield Finding(
            about=next(iter(sheet.of(LESION).values()))[-1].event.id,
            says=f"{len(sheet.of(LESION))} lesions are measured at baseline; {LIMITS['most'].value} are the most.",
            matters="All are counted, so the sum is not comparable with other patients'.",
            do="Correct the baseline to the lesions that were designated.",
            severity=Severity.WARNING,
        )
