"""Whether the plans hold together: doses in one unit and in order, days inside a course, encounters that can be due.

A floor above the start, a step in another unit, a course that ends before its last dose: each is found with its
place, since each would otherwise become a dose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trialwright.adapters.study.loading_conditions import unit_problem
from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.positions import Path
from trialwright.core.dosing import capsule_findings
from trialwright.core.protocol import DoseAction, Encounter, Regimen
from trialwright.core.terms import Finding, Quantity
from trialwright.standards.units import UNITS

WRONG_DOSE = "A wrong dose could be given."
NEVER_DUE = "It could never be due, or never end."
_COURSES = re.compile(r"all|\d+(?:-\d*)?(?:,\s*\d+(?:-\d*)?)*")


def check_doses(look: Look) -> Iterator[Finding]:
    """The dose plan, days and actions of every regimen."""
    for number, regimen in enumerate(look.protocol.regimen):
        path: Path = ("regimen", number)
        yield from _check_dose_units(look, path, regimen)
        yield from _check_dose_order(look, path, regimen)
        yield from _check_days(look, path, regimen)
        yield from _check_capsules(look, path, regimen)
        for place, rule in enumerate(regimen.rules):
            yield from _check_action(look, (*path, "rules", place, "then"), rule.then)


def _check_dose_units(look: Look, path: Path, regimen: Regimen) -> Iterator[Finding]:
    unit = regimen.dose.start.unit
    for place, quantity in _doses(regimen):
        problem = unit_problem(quantity.unit, unit, None, "the dose")
        if problem or quantity.unit != unit:
            said = problem or f"{quantity} is written in {quantity.unit}, the start in {unit}"
            yield look.finding(
                (*path, *place),
                f"{said[:1].upper()}{said[1:]}.",
                WRONG_DOSE,
                f"Write every dose of {regimen.drug} in {unit}.",
            )


def _doses(regimen: Regimen) -> Iterator[tuple[Path, Quantity]]:
    """Every dose the regimen names, with its place in it."""
    dose = regimen.dose
    named = (("step", dose.step), ("maximum", dose.maximum), ("floor", dose.floor))
    yield from ((("dose", name), quantity) for name, quantity in named if quantity is not None)
    yield from ((("strengths", number), quantity) for number, quantity in enumerate(regimen.strengths))
    for number, rule in enumerate(regimen.rules):
        then = rule.then
        lower = then.hold.resume_lower_by if then.hold else None
        actions: tuple[tuple[Path, Quantity | None], ...] = (
            (("hold", "resume_lower_by"), lower),
            (("reduce_by",), then.reduce_by),
            (("cap",), then.cap),
        )
        yield from (
            (("rules", number, "then", *place), quantity) for place, quantity in actions if quantity is not None
        )


def _check_dose_order(look: Look, path: Path, regimen: Regimen) -> Iterator[Finding]:
    dose, faults = regimen.dose, []
    start = dose.start.value
    if start <= 0:
        faults.append(("start", f"The start of {dose.start} is no dose"))
    if dose.maximum and dose.maximum.unit == dose.start.unit and dose.maximum.value < start:
        faults.append(("maximum", f"The maximum of {dose.maximum} lies below the start of {dose.start}"))
    if dose.floor and dose.floor.unit == dose.start.unit and dose.floor.value > start:
        faults.append(("floor", f"The floor of {dose.floor} lies above the start of {dose.start}"))
    if dose.step and dose.step.value <= 0:
        faults.append(("step", f"The step of {dose.step} does not go up"))
    if dose.step and dose.maximum is None and not look.partly_read((*path, "dose")):
        faults.append(("step", "The dose steps up each course and has no maximum"))
    for key, says in faults:
        yield look.finding((*path, "dose", key), f"{says}.", WRONG_DOSE, "Put floor, start and maximum in order.")


def _check_days(look: Look, path: Path, regimen: Regimen) -> Iterator[Finding]:
    cycle = regimen.cycle.days
    if cycle is None or cycle < 1:
        yield look.finding(
            (*path, "cycle"),
            f"A course of {regimen.cycle} has no fixed number of days.",
            "The days of a course could not be counted.",
            "Write the length of a course in days or weeks.",
        )
        return
    if regimen.days.last > cycle:
        yield look.finding(
            (*path, "days"),
            f"Days {regimen.days} do not fit into a course of {regimen.cycle}.",
            WRONG_DOSE,
            "Give days within the course, or a longer course.",
        )
    for number, limit in enumerate(regimen.limits):
        if limit.last_day is not None and not 1 <= limit.last_day <= cycle:
            yield look.finding(
                (*path, "limits", number, "last_day"),
                f"Day {limit.last_day} is no day of a course of {regimen.cycle}.",
                "Nobody could say when the last course may start.",
                f"Write a day from 1 to {cycle}.",
            )
    yield from _check_delay(look, path, regimen)


def _check_delay(look: Look, path: Path, regimen: Regimen) -> Iterator[Finding]:
    delay = regimen.delay
    if delay and not delay.by.count:
        yield look.finding(
            (*path, "delay", "by"),
            f"A delay by {delay.by} puts the course off by nothing.",
            "Nobody could say when to look again.",
            "Write how long the course waits before it is tried again, such as 1 week.",
        )
    if delay and delay.by.days and delay.at_most.days and delay.at_most.days < delay.by.days:
        yield look.finding(
            (*path, "delay", "at_most"),
            f"A delay by {delay.by} is already longer than {delay.at_most}.",
            "The course could never be tried again.",
            "Make at_most longer than by.",
        )


def _check_capsules(look: Look, path: Path, regimen: Regimen) -> Iterator[Finding]:
    """Every dose that can be decided can be put together from the strengths; a stock is of a strength and a site."""
    sites = [site.id for site in look.protocol.design.sites]
    for found in capsule_findings(regimen, sites, UNITS):
        told = look.finding((*path, "strengths"), found.says, found.matters, found.do)
        yield replace(told, severity=found.severity)
    for number, line in enumerate(regimen.stock):
        if line.strength not in regimen.strengths or not set(line.sites) <= set(sites):
            yield look.finding(
                (*path, "stock", number),
                f"The stock of {line.strength} names no strength of {regimen.drug}, or a site that is none.",
                "Nobody could tell where the strength can be had.",
                "Name a strength that stands under strengths, and sites of the design.",
            )


def _check_action(look: Look, path: Path, then: DoseAction) -> Iterator[Finding]:
    named = ("stop", "hold", "reduce_by", "no_step_up", "cap", "warn")
    given = [name for name in named if getattr(then, name) not in (None, False)]
    if len(given) != 1:
        yield look.finding(
            path,
            f"A dose rule does one thing; this one does {' and '.join(given) or 'nothing'}.",
            WRONG_DOSE,
            f"Keep exactly one of {', '.join(named)}; write two rules for two actions.",
        )


# --- encounters ---------------------------------------------------------------------------------------------------


def check_encounters(look: Look) -> Iterator[Finding]:
    """An encounter has one way to be due, a window that is one, and courses that exist."""
    for number, encounter in enumerate(look.protocol.encounters):
        for key, says, do in _encounter_faults(look, encounter):
            yield look.finding(("encounters", number, key), f"{says}.", NEVER_DUE, f"{do}.")


def _encounter_faults(look: Look, encounter: Encounter) -> Iterator[tuple[str, str, str]]:
    in_course = encounter.anchor == "course"
    if in_course and ((encounter.day is None and encounter.every is None) or encounter.offset is not None):
        yield "anchor", "An encounter in a course lies on a day of it", "Write `day:` or `every:`, without `offset:`"
    if not in_course and (encounter.day is not None or encounter.courses != "all"):
        yield "anchor", f"An encounter after {encounter.anchor} has no day of a course", "Write `offset:`"
    if (encounter.through_delay or encounter.instead_of) and not in_course:
        key = "through_delay" if encounter.through_delay else "instead_of"
        yield key, f"`{key}` is for an encounter in a course", "Write `anchor: course`"
    yield from _replaced_faults(look, encounter)
    yield from _repetition_faults(encounter)
    if not _COURSES.fullmatch(encounter.courses) or _backwards(encounter.courses):
        yield "courses", f"{encounter.courses!r} names no courses", "Write 1, 2-, 2-4 or all"
    if min(encounter.window) < 0:
        yield "window", "A window is days before and days after, none of them negative", "Write [3, 3]"
    cycles = [regimen.cycle.days for regimen in look.protocol.regimen if regimen.cycle.days]
    last = None if encounter.through_delay else max(cycles, default=encounter.day or 0) + 1
    if encounter.day is not None and (encounter.day < 1 or (last is not None and encounter.day > last)):
        yield "day", f"Day {encounter.day} is no day of a course", "Count from day 1; there is no day 0"


def _repetition_faults(encounter: Encounter) -> Iterator[tuple[str, str, str]]:
    """What is repeated comes some time later, and what ends a repetition ends one."""
    if encounter.every and not encounter.every.count:
        says = f"What comes every {encounter.every} comes again on the same day, without end"
        yield "every", says, "Write the time in between, such as 1 week, or take `every:` out"
    if encounter.until and not encounter.every:
        yield "until", "`until` ends a repetition, and nothing is repeated", "Add `every:`, or take `until:` out"


def _replaced_faults(look: Look, encounter: Encounter) -> Iterator[tuple[str, str, str]]:
    """What takes the place of another encounter lies in an earlier course than that one."""
    replaced = next((one for one in look.protocol.encounters if one.id == encounter.instead_of), None)
    if replaced and (not replaced.courses.isdigit() or not encounter.courses.isdigit()):
        yield "instead_of", "Only an encounter of one course can stand for that of another", 'Write `courses: "1"`'
    elif replaced and int(encounter.courses) >= int(replaced.courses):
        says = f"Course {encounter.courses} is given no earlier than course {replaced.courses}"
        yield "instead_of", says, "Let it stand in an earlier course"


def _backwards(courses: str) -> bool:
    spans = [span.strip().partition("-") for span in courses.split(",")]
    numbers = [(int(first), int(last) if last.isdigit() else int(first)) for first, _, last in spans if first.isdigit()]
    return any(first < 1 or last < first for first, last in numbers)


# --- accrual ---------------------------------------------------------------------------------------------------------


def check_accrual(look: Look) -> Iterator[Finding]:
    """Numbers of subjects, sites, arms and blocks that cannot be."""
    design = look.protocol.design
    if design.accrual.planned < 1:
        yield look.finding(
            ("design", "accrual", "planned"), "No subject is planned.", "Nobody could be registered.", "Write a number."
        )
    if not design.sites and not look.partly_read(("design",)):
        yield look.finding(
            ("design", "sites"),
            "The study has no site.",
            "Nobody could be screened: whoever enters something belongs to a site.",
            "Write each site with its id, name and time zone.",
        )
    for number, part in enumerate(design.substudies):
        if not 1 <= part.target <= part.offered_until:
            yield look.finding(
                ("design", "substudies", number, "target"),
                f"A target of {part.target} cannot be reached with {part.offered_until} subjects.",
                "The sub-study could never succeed.",
                "Make offered_until at least the target.",
            )
    yield from _check_allocation(look)


def _check_allocation(look: Look) -> Iterator[Finding]:
    arms, allocation = look.protocol.arms, look.protocol.design.allocation
    shares = sum(arm.ratio for arm in arms)
    if any(arm.ratio < 1 for arm in arms):
        yield look.finding(
            ("arms",), "An arm has a ratio below 1.", "Nobody could be put into it.", "Write whole ratios."
        )
    elif allocation and (allocation.block_size < shares or allocation.block_size % shares):
        yield look.finding(
            ("design", "allocation", "block_size"),
            f"A block of {allocation.block_size} cannot hold the arms in their ratio, which adds up to {shares}.",
            "The arms would not come out in the ratio planned.",
            f"Write a multiple of {shares}.",
        )
    if len(arms) > 1 and not allocation:
        yield look.finding(
            ("arms",),
            f"There are {len(arms)} arms and no allocation.",
            "Nobody could say which arm a subject is in.",
            "Add design.allocation.",
        )
