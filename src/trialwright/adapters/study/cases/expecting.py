"""The words of `expect`: how each is read, what it is compared with, and which clauses it names.

`EXPECT` is the closed set. A comparison says whether it agrees, what came out in the same words, and the reasons of
the answer, so that a difference names its clause. A word proves the clauses it names itself: a criterion, a visit, a
deviation, a refusal, or what `because` says; merely passing by a clause proves nothing. Read `EXPECT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trialwright.adapters.study.cases import readers
from trialwright.adapters.study.cases.comparing import Got, Word
from trialwright.adapters.study.cases.of_endpoints import ENDPOINT_WORDS
from trialwright.adapters.study.cases.of_plan import PLAN_WORDS
from trialwright.adapters.study.cases.outcome import Outcome
from trialwright.core.dosing import DoseDecision, decide_release, dispensing
from trialwright.core.protocol import Epoch
from trialwright.core.safety import SafetyClock
from trialwright.core.schedule import Visit, duties, samples, visits
from trialwright.core.terms import Because, DaySpan, Quantity, Response, UnitMismatch, Verdict

ACTIONS = ("give", "hold", "wait", "stop", "rest", "none")
CONTINUATIONS = ("continue", "may continue", "off treatment", "undecided")


# --- what is compared ----------------------------------------------------------------------------------------------


def _decision(outcome: Outcome) -> DoseDecision:
    doses = outcome.status.doses
    wanted = outcome.drug
    found = [one for one in doses.values() if wanted in (None, one.drug)]
    given = [one for one in found if one.action != "none"]
    return next(
        iter(given or found), DoseDecision("none", "", reason="no drug is for this patient, as far as is known")
    )


def _of_dose(say: Callable[[DoseDecision, Outcome], Any]) -> Callable[[Outcome, Any], Got]:
    """A part of the dose decision that must be equal."""

    def compare(outcome: Outcome, expected: Any) -> Got:
        decision = _decision(outcome)
        found = say(decision, outcome)
        return Got(found == expected, str(found), decision.because)

    return compare


def _same_dose(outcome: Outcome, expected: Quantity) -> Got:
    decision = _decision(outcome)
    found = decision.dose if decision.action == "give" else None
    try:
        agrees = found is not None and expected.in_unit(found.unit, outcome.case.units) == found.value
    except UnitMismatch:
        agrees = False
    return Got(agrees, str(found) if found else f"no dose: {decision.action}, {decision.reason}", decision.because)


def _dosing_days(decision: DoseDecision, outcome: Outcome) -> DaySpan | None:
    """The days of the course on which the dose is given."""
    if decision.first_day is None or decision.last_day is None:
        return None
    begun = outcome.status.day or 1
    day_1 = outcome.story.on.toordinal() - (0 if decision.starts_course else begun - 1)
    return DaySpan(decision.first_day.toordinal() - day_1 + 1, decision.last_day.toordinal() - day_1 + 1)


def _because(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    """Each text is a clause that decided, words of one, or what was seen."""
    reasons = outcome.reasons
    found = {text: [one for one in reasons if _names(one, text, outcome)] for text in expected}
    proves = tuple(dict.fromkeys(one.clause for some in found.values() for one in some if one.clause))
    told = "; ".join(dict.fromkeys(f"{one.clause}: {one.saw}" for one in reasons)) or "no reason"
    return Got(all(found.values()), told, reasons, proves)


def _names(one: Because, text: str, outcome: Outcome) -> bool:
    clause = outcome.case.protocol.clause(one.clause) if one.clause else None
    words = (one.words, one.saw, *(clause.quotes if clause else ()), clause.named if clause else "")
    return text == one.clause or any(text in each for each in words)


def _missing(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    """Each text is a datum that is missing, or the beginning of what is said of it ("anc after 2006-03-08")."""
    found = outcome.missing
    lacking = [one for one in expected if not any(f"{each} ".startswith(f"{one} ") for each in found)]
    return Got(not lacking, ", ".join(found) or "nothing is missing", outcome.reasons)


def _eligible(outcome: Outcome, expected: str) -> Got:
    said = outcome.eligibility
    against = tuple(reason for one in said.criteria if one.verdict is not Verdict.MET for reason in one.because)
    return Got(said.word == expected, said.word, against)


def _criteria(outcome: Outcome, expected: Mapping[str, Verdict]) -> Got:
    answers = {one.id: one for one in outcome.eligibility.criteria}
    agrees = all(name in answers and answers[name].verdict is verdict for name, verdict in expected.items())
    told = ", ".join(f"{name} {answers[name].verdict.value if name in answers else 'not asked'}" for name in expected)
    reasons = tuple(reason for name in expected if name in answers for reason in answers[name].because)
    return Got(agrees, told, reasons, tuple(expected))


def _of_status(say: Callable[[Outcome], Any]) -> Callable[[Outcome, Any], Got]:
    def compare(outcome: Outcome, expected: Any) -> Got:
        found = say(outcome)
        return Got(found == expected, str(found))

    return compare


def _continuation(outcome: Outcome, expected: str) -> Got:
    going = outcome.status.continuation
    return Got(going.action == expected, f"{going.action}: {going.reason}", going.because)


def _courses_left(outcome: Outcome, expected: int) -> Got:
    going = outcome.status.continuation
    return Got(going.courses_left == expected, str(going.courses_left), going.because)


def _response(outcome: Outcome) -> str:
    found = outcome.status.assessments
    return found[-1].response.name if found else "no assessment"


def _best(outcome: Outcome, expected: str) -> Got:
    """The best response, by the rules of response."""
    best, rules = outcome.status.best, outcome.case.protocol.response
    found = best.response.name if best else "no assessment"
    reasons = (Because(rules.id, rules.words, best.why if best else ""),) if rules else ()
    return Got(found == expected, found, reasons, (rules.id,) if rules else ())


def _grades(outcome: Outcome, expected: Mapping[str, int]) -> Got:
    """Worst grades under treatment; 0 is none of this term."""
    worst = {term: grade.number if grade else None for term, grade in outcome.status.grades.items()}
    found = {term: worst.get(term, 0) for term in expected}
    told = ", ".join(f"{term} {'unknown' if grade is None else grade}" for term, grade in found.items())
    windows = tuple(one.id for one in outcome.case.protocol.endpoints if one.safety_days is not None)
    return Got(found == dict(expected), told, proves=windows)


def _confirmed(outcome: Outcome, expected: bool) -> Got:
    """Whether a later assessment confirmed the best response, by the rules of response."""
    best, rules = outcome.status.best, outcome.case.protocol.response
    found = best is not None and best.confirmed
    reasons = (Because(rules.id, rules.words, best.why if best else ""),) if rules else ()
    return Got(found is expected, "yes" if found else "no", reasons, (rules.id,) if rules else ())


def _due(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    found = {one.key: one for one in outcome.status.due}
    reasons = tuple(reason for one in outcome.status.due for reason in one.because)
    encounters = tuple(found[key].encounter.id for key in expected if key in found)
    return Got(set(found) == set(expected), ", ".join(found) or "nothing is due", reasons, encounters)


def _visits(outcome: Outcome, expected: Mapping[str, str]) -> Got:
    """The day a visit is planned for, its window, or what became of it."""
    planned = {one.key: one for one in visits(outcome.case, outcome.story.on)}
    found = {key: planned.get(key) for key in expected}
    agrees = all(expected[key] in (_told_of(one) if one else (readers.NOT_PLANNED,)) for key, one in found.items())
    told = "; ".join(
        f"{key} {f'{_told_of(one)[1]} ({one.state})' if one else readers.NOT_PLANNED}" for key, one in found.items()
    )
    reasons = tuple(reason for one in found.values() if one for reason in one.because)
    return Got(agrees, told, reasons, tuple(key.partition(".")[0] for key in found))


def _told_of(visit: Visit) -> tuple[str, str, str]:
    """What a case may say of a visit: its day, its day with the window, its state."""
    return str(visit.due), f"{visit.due}, from {visit.earliest} to {visit.latest}", visit.state


def _samples(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    planned = samples(outcome.case, outcome.story.on)
    found = {f"{one.specimen.id} at {one.visit.key}": one for one in planned if one.state in ("due", "overdue")}
    reasons = tuple(reason for one in found.values() for reason in one.because)
    proves = tuple(found[key].specimen.id for key in expected if key in found)
    return Got(set(expected) == set(found), ", ".join(found) or "no sample is due", reasons, proves)


def _deviations(outcome: Outcome, expected: Mapping[str, str]) -> Got:
    """A deviation of each clause named, whose kind or words hold the text."""
    found = outcome.status.deviations
    some = [
        [one for one in found if one.clause == clause and text in (one.kind, one.says, one.severity)]
        for clause, text in expected.items()
    ]
    told = "; ".join(f"{one.clause}: {one.kind}, {one.severity}" for one in found) or "no deviation"
    return Got(all(some), told, tuple(reason for one in found for reason in one.because), tuple(expected))


def _no_deviations(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    found = [one for one in outcome.status.deviations if one.clause in expected]
    told = "; ".join(f"{one.clause}: {one.kind}" for one in found) or "no deviation of these"
    return Got(not found, told, tuple(reason for one in found for reason in one.because))


def _clocks(outcome: Outcome, expected: Mapping[str, str]) -> Got:
    """The clocks of serious events by their clause, of several the first due: its state, or its last day."""
    held = {one.clause: one for one in reversed(outcome.status.clocks) if one.clause in expected}
    found = {name: _told_of_clock(held.get(name)) for name in expected}
    told = "; ".join(f"{name}: {', due '.join(some)}" for name, some in found.items())
    reasons = tuple(reason for one in held.values() for reason in one.because)
    return Got(all(text in found[name] for name, text in expected.items()), told, reasons, tuple(expected))


def _told_of_clock(clock: SafetyClock | None) -> tuple[str, ...]:
    if clock is None:
        return (readers.NOT_RUNNING,)
    return (clock.state, str(clock.due.date())) if clock.due else (clock.state,)


def _refused(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    """Everything that was refused, by its clause or by words of the refusal, and nothing else."""
    refused = outcome.story.refused
    named = [[one for one in refused if text == one.clause or text in one.says] for text in expected]
    agrees = all(named) and all(any(one in some for some in named) for one in refused)
    told = "; ".join(f"{one.clause or 'refused'}: {one.about}: {one.says}" for one in refused)
    proves = tuple(dict.fromkeys(one.clause for one in refused if one.clause))
    return Got(agrees, told or "nothing was refused", proves=proves)


def _release(outcome: Outcome, expected: Mapping[str, Verdict]) -> Got:
    case = outcome.case
    gates = {
        gate.clause: gate
        for regimen in case.protocol.regimens_of(case.record.arm)
        for gate in decide_release(case, regimen, outcome.story.on)
    }
    told = ", ".join(f"{name} {gates[name].verdict.value}" if name in gates else f"{name} –" for name in expected)
    agrees = all(name in gates and gates[name].verdict is verdict for name, verdict in expected.items())
    return Got(agrees, told, tuple(Because(one.clause, "", one.saw) for one in gates.values()), tuple(expected))


def _fired(outcome: Outcome, expected: Mapping[str, Verdict | str]) -> Got:
    found = {one.clause: one for one in _decision(outcome).fired if one.clause in expected}
    verdicts = {name: found[name].verdict if name in found else readers.NOT_ASKED for name in expected}
    told = ", ".join(f"{name} {one.value if isinstance(one, Verdict) else one}" for name, one in verdicts.items())
    reasons = tuple(Because(one.clause, "", one.saw) for one in found.values())
    return Got(verdicts == dict(expected), told, reasons, tuple(expected))


def _duties(outcome: Outcome, expected: Mapping[str, tuple[str, ...]]) -> Got:
    """From when until when a duty binds; none where it does not."""
    bound = {one.obligation.id: one for one in duties(outcome.case, outcome.story.on) if one.applies is Verdict.MET}
    found = {name: (str(one.start or "open"), str(one.until or "open")) for name, one in bound.items()}
    agrees = all(found.get(name, ("none",))[-len(days) :] == days for name, days in expected.items())
    told = "; ".join(f"{name} {' to '.join(found.get(name, ('none',)))}" for name in expected)
    reasons = tuple(reason for one in bound.values() for reason in one.because)
    return Got(agrees, told, reasons, tuple(expected))


def _how(outcome: Outcome, expected: str) -> Got:
    """The way and the frequency of the dose."""
    decision = _decision(outcome)
    found = ", ".join(one for one in (decision.route, decision.frequency) if one)
    return Got(found == expected, found, proves=_regimens(outcome, decision.drug))


def _capsules(outcome: Outcome, expected: Mapping[str, int]) -> Got:
    """What is handed out on the day: so many of each strength, and no other."""
    wanted = _decision(outcome).drug
    case, on = outcome.case, outcome.story.on
    handed = [dispensing(case, one, on) for one in case.protocol.regimens_of(case.record.arm) if one.drug == wanted]
    found = {str(strength): count for one in handed for strength, count in one.total.items()}
    told = "; ".join(str(one) for one in handed) or "no drug is for this patient"
    return Got(found == dict(expected), told, proves=_regimens(outcome, wanted))


def _regimens(outcome: Outcome, drug: str) -> tuple[str, ...]:
    return tuple(one.id for one in outcome.case.protocol.regimens_of(outcome.case.record.arm) if one.drug == drug)


def _findings(outcome: Outcome, expected: tuple[str, ...]) -> Got:
    says = [one.says for one in outcome.status.findings]
    return Got(all(any(text in one for one in says) for text in expected), "; ".join(says) or "no finding")


def _no_findings(outcome: Outcome, unwanted: tuple[str, ...]) -> Got:
    said = [one.says for one in outcome.status.findings if any(text in one.says for text in unwanted)]
    return Got(not said, "; ".join(said))


_CLAUSES = readers.ids("clause", lambda names: names.clauses)

EXPECT: Mapping[str, Word] = {
    "action": Word("what to do on the day", readers.one_of("action", ACTIONS), _of_dose(lambda one, _: one.action)),
    "dose": Word("the dose to give", readers.read_dose, _same_dose),
    "on days": Word("on which days of the course", readers.read_span, _of_dose(_dosing_days)),
    "how": Word("the way and the frequency of the dose", lambda value, _: str(value), _how),
    "capsules": Word(
        "what is handed out on the day, by strength",
        readers.table("strength", lambda names: names.strengths, readers.read_whole),
        _capsules,
    ),
    "starts course": Word("whether a course begins", readers.read_yes_no, _of_dose(lambda one, _: one.starts_course)),
    "course": Word("the course the decision is about", readers.read_whole, _of_dose(lambda one, _: one.course)),
    "day": Word("the day of the course under way", readers.read_whole, _of_status(lambda one: one.status.day)),
    "next check": Word("when to look again", readers.read_day, _of_dose(lambda one, _: one.next_check)),
    "because": Word("what decided: a clause, its words, or what was seen", readers.read_texts, _because),
    "rules": Word(
        "rules and gates with their verdict",
        readers.table("rule or gate", lambda names: names.rules, readers.read_asked),
        _fired,
    ),
    "missing": Word("data without which nothing can be told", readers.read_texts, _missing),
    "eligible": Word("whether the patient may enter", readers.read_eligible_word, _eligible),
    "criteria": Word(
        "criteria with their verdict",
        readers.table("criterion", lambda names: names.criteria, readers.read_verdict),
        _criteria,
    ),
    "refused": Word(
        "clauses that refused what the case tells, or words of the refusal", readers.read_refused, _refused
    ),
    "release": Word(
        "gates of handing out, with their verdict",
        readers.table("gate", lambda names: names.gates, readers.read_verdict),
        _release,
    ),
    "epoch": Word(
        "where the patient stands",
        readers.one_of("epoch", (one.value for one in Epoch)),
        _of_status(lambda one: one.status.disposition.epoch.value),
    ),
    "to end": Word(
        "why treatment is to end", lambda value, _: str(value), _of_status(lambda one: one.status.disposition.to_end)
    ),
    "continuation": Word("whether treatment goes on", readers.one_of("continuation", CONTINUATIONS), _continuation),
    "courses left": Word("how many courses may follow", readers.read_whole, _courses_left),
    "response": Word("the latest response", readers.one_of("response", Response.__members__), _of_status(_response)),
    "best response": Word("the best response", readers.one_of("response", Response.__members__), _best),
    "confirmed": Word("whether the best response is confirmed", readers.read_yes_no, _confirmed),
    "grades": Word(
        "worst grades under treatment", readers.table("term", readers.read_terms, readers.read_grade), _grades
    ),
    "due": Word("the visits that are due, and no other", readers.read_visit_keys, _due),
    "visits": Word(
        "visits with their day or state",
        readers.table("encounter", lambda names: names.encounters, readers.read_day_or_state, "."),
        _visits,
    ),
    "samples due": Word("the samples that are due, and no other", readers.read_texts, _samples),
    "duties": Word(
        "until when a duty binds, or from when to when",
        readers.table("duty", lambda names: names.duties, readers.read_days),
        _duties,
    ),
    "deviations": Word(
        "clauses with a deviation, its kind or severity",
        readers.table("clause", lambda names: names.clauses, lambda value, _: str(value)),
        _deviations,
    ),
    "no deviations": Word("clauses without one", _CLAUSES, _no_deviations),
    "clocks": Word(
        "clocks of serious events, with their state or the day a report is due",
        readers.table("clause of reporting", lambda names: names.reports, readers.read_clock),
        _clocks,
    ),
    **PLAN_WORDS,
    **ENDPOINT_WORDS,
    "findings": Word("words of a finding", readers.read_texts, _findings),
    "no findings": Word("words that no finding has", readers.read_texts, _no_findings),
    "version": Word(
        "the version the patient is on", lambda value, _: str(value), _of_status(lambda one: one.status.version)
    ),
}
"""Every word of `expect`, in the order of the manual."""
