"""How parts of a protocol read to a person who is no specialist: visits, treatment, dates and codes of the registry.

Nothing is decided here. Read `visit_words`, then `treatment_words`.
"""

from __future__ import annotations

import re
from datetime import date

from trialwright.adapters.edc.trial.plain import WHEN, spaced
from trialwright.adapters.reports.text import day
from trialwright.core.protocol import Encounter, Regimen
from trialwright.core.terms import PartialDate, Quantity

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
SPELLED = {
    "NA": "not applicable", "PHASE1": "Phase 1", "PHASE2": "Phase 2", "PHASE3": "Phase 3", "PHASE4": "Phase 4",
    "EARLY_PHASE1": "Early phase 1", "NON_RANDOMIZED": "not randomized", "NONE": "none (open label)",
}  # fmt: skip


def code_words(code: object) -> str:
    """A code of the registry as words.

    >>> code_words("ACTIVE_NOT_RECRUITING"), code_words("PHASE2"), code_words("Chicago")
    ('active not recruiting', 'Phase 2', 'Chicago')
    """
    words = str(code)
    if words in SPELLED:
        return SPELLED[words]
    return words.replace("_", " ").lower() if len(words) > 3 and CODE.fullmatch(words) else words


def registry_date(told: object) -> str:
    """A date of the record, as precise as it is there."""
    try:
        return day(PartialDate.parse(str(told)))
    except ValueError:
        return str(told)


def visit_words(one: Encounter) -> str:
    """When a visit is, in words.

    >>> from trialwright.core.terms import Duration
    >>> from trialwright.core.protocol import Epoch
    >>> months = {"every": Duration(3, "months"), "until": Duration(1, "years")}
    >>> visit_words(Encounter(id="f", label="F", epoch=Epoch.FOLLOW_UP, anchor="end_of_treatment", **months))
    'every 3 months until 1 year after the end of treatment'
    >>> visit_words(Encounter(id="d", label="D", epoch=Epoch.TREATMENT, anchor="course", day=15, courses="1"))
    'day 15 of course 1'
    """
    anchor = WHEN.get(one.anchor, spaced(one.anchor))
    if one.anchor == "course":
        which = "every course" if one.courses == "all" else f"course {one.courses.removesuffix('-')}"
        return f"day {one.day} of {which}{' and later' if one.courses.endswith('-') else ''}"
    if one.every is not None:
        until = f" until {one.until}" if one.until else ""
        return f"every {one.every}{until} after {anchor}"
    if one.offset is None or one.offset.count == 0:
        return f"at {anchor}"
    return f"{one.offset} {'before' if one.before else 'after'} {anchor}"


def treatment_words(one: Regimen) -> str:
    """How a drug is taken, in words."""
    plan = one.dose
    step = f", then {_amount(plan.step)} more in each course" if plan.step else ""
    most = f", never more than {_amount(plan.maximum)}" if plan.maximum else ""
    how = " ".join(filter(None, (one.frequency.value, f"by {one.route} route" if one.route else "")))
    return (
        f"{one.drug}: {_amount(plan.start)} {how} on days {one.days} of each course of {one.cycle}{step}{most}. "
        "The dose is held or lowered when the rules of the study say so."
    )


def _amount(dose: Quantity) -> str:
    return f"{dose.value} {dose.unit}"


def written(on: date | None) -> str:
    """A date, or that it is not known."""
    return day(on)
