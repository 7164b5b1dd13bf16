"""How a dose reads: what to give, why and on which data, what is missing, and every rule that was looked at.

Nothing is decided here. Read `dose_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from trialwright.adapters.exchange.answers.subject import dose_line
from trialwright.cli.paging import shortened
from trialwright.core.conduct import Ground
from trialwright.core.dosing import CourseAccount, Dispensing, DoseDecision, Intensity, RuleOutcome
from trialwright.core.terms import Because, Evidence, Quantity, Verdict

Lines = Iterator[str]
"""Lines not yet broken; what does not fit is indented under them (`paging.page`)."""


def dose_words(said: DoseDecision, ground: Ground | None = None) -> Lines:
    """The dose first, why and on which data, what is missing, and every rule that was looked at."""
    yield ""
    line = dose_line(said)
    yield f"DOSE of {said.drug}: {line}"
    telling = {one.clause for one in said.fired if _tells(one)}
    because = ground.because if ground else said.because
    words = {one.clause: one.words for one in because}
    yield from reason_lines((one for one in because if one.clause not in telling), line)
    yield from data_lines(ground.evidence if ground else ())
    if said.missing:
        yield f"  missing: {'; '.join(said.missing)}"
    if said.next_check:
        yield f"  looked at again on {said.next_check}"
    yield from _rules(said.fired, words)


def reason_lines(because: Iterable[Because], line: str = "") -> Lines:
    """Each reason with its words; what was seen is said once, and not what the line above said already."""
    told = {line}
    for one in because:
        saw = "" if one.saw in told or (line and one.saw in line) else one.saw
        told.add(one.saw)
        words = f' "{shortened(one.words)}"' if one.words else ""
        yield f"  because {one.clause}:{words}" + (f"; {saw}" if saw else "")


def data_lines(evidence: Iterable[Evidence]) -> Lines:
    """The data an answer stands on, each with its day."""
    told = "; ".join(dict.fromkeys(datum(one) for one in evidence))
    if told:
        yield f"  on: {told}"


def datum(one: Evidence) -> str:
    """One datum with its day."""
    value = "" if one.value in ("", "yes", one.on) else f" {one.value}"
    return f"{one.concept}{value}" + (f" ({one.on})" if one.on else "")


def _rules(fired: Sequence[RuleOutcome], words: Mapping[str, str]) -> Lines:
    """What decided or could decide in full, with its words; what came out as it should, by name."""
    telling = [one for one in fired if _tells(one)]
    if telling:
        yield "  what was looked at, and speaks against a dose or is unknown:"
    for one in telling:
        quote = f' "{shortened(words[one.clause])}"' if words.get(one.clause) else ""
        yield f"    {_mark(one):12}{one.clause} ({one.action}):{quote} {one.saw or 'nothing seen'}"
    fine = [one for one in fired if one not in telling]
    for title, some in (("rules not fired", False), ("gates met", True)):
        names = [one.clause for one in fine if is_gate(one) is some]
        if names:
            yield f"  {title}: {', '.join(names)}"


def _tells(one: RuleOutcome) -> bool:
    """Whether a rule that was looked at speaks against a dose, or may."""
    return one.verdict is Verdict.UNKNOWN or (one.verdict is Verdict.MET) is not is_gate(one)


def is_gate(one: RuleOutcome) -> bool:
    """A gate opens when it is met; a rule acts when it is."""
    return " only when " in one.action


def _mark(one: RuleOutcome) -> str:
    return "UNKNOWN" if one.verdict is Verdict.UNKNOWN else "NOT MET" if is_gate(one) else "FIRED"


def supply_lines(said: Dispensing, ground: Ground | None) -> Lines:
    """What the pharmacist hands out, or why nothing."""
    yield ""
    if said.allowed:
        yield f"HAND OUT {said}"
        yield from reason_lines((ground.because if ground else said.because), str(said))
    else:
        yield f"HAND OUT no {said.drug}"
        yield from reason_lines(ground.because if ground else said.refused)
    if said.before:
        yield f"  handed out before in course {said.course}: for {said.before} days"


def account_lines(accounts: Sequence[CourseAccount]) -> Lines:
    """Capsules of each course: handed out, brought back, taken, and what nobody accounts for."""
    if accounts:
        yield ""
        yield "CAPSULES, by course"
    for one in accounts:
        counts = (("handed out", one.dispensed), ("brought back", one.returned), ("taken", one.taken))
        told = "; ".join(f"{what} {_counted(units)}" for what, units in counts)
        yield f"  {one.drug} course {one.course}: {told}; {_accounted(_counted(one.difference))}"
        if one.missing:
            yield f"      missing: {'; '.join(one.missing)}"


def _accounted(left: str) -> str:
    """Whether every capsule is accounted for."""
    return {"none": "all are accounted for", "not known": "whether any is lost is not known"}.get(
        left, f"DOES NOT ADD UP: {left} left over"
    )


def _counted(units: Mapping[Quantity, int] | None) -> str:
    if units is None:
        return "not known"
    return " and ".join(f"{count} x {strength}" for strength, count in units.items() if count) or "none"


def intensity_lines(intensity: Iterable[Intensity]) -> Lines:
    """How much was taken of what was planned, over the courses whose days of dosing are over."""
    for one in intensity:
        if one.courses:
            yield ""
            taken = f"{_number(one.given)} {one.unit}" if one.given is not None else "not known"
            yield f"DOSE INTENSITY of {one.drug}: {taken} of {_number(one.planned)} {one.unit} planned{_share(one)}"
            if one.missing:
                yield f"  missing: {'; '.join(one.missing)}"


def _share(one: Intensity) -> str:
    shares = ((one.relative, "by amount"), (one.relative_per_week, "by amount in a week"))
    told = [f"{float(share):.0%} {how}" for share, how in shares if share is not None]
    return f" ({', '.join(told)})" if told else ""


def _number(value: Fraction | None) -> str:
    return "not known" if value is None else f"{float(value):g}"
