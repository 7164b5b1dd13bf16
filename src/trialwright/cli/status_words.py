"""How a subject's status reads: what to do today first, then each answer with its clause, its data and their days.

Each section is written for the people who act on it (`SECTIONS`); `--for` leaves the others out. Ids are printed as
the labels of the protocol. Nothing is decided here; the document for programs is in `adapters.exchange.answers`. Read
`subject_words`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from trialwright.adapters.exchange.answers.subject import dose_line
from trialwright.cli.paging import page, shortened
from trialwright.cli.status_dose import (
    Lines,
    account_lines,
    data_lines,
    dose_words,
    intensity_lines,
    reason_lines,
    supply_lines,
)
from trialwright.cli.status_record import history_lines, row, specimen_lines
from trialwright.core.conduct import SubjectStatus
from trialwright.core.conduct.subjects import UNTOLD
from trialwright.core.conduct.wanting import Task
from trialwright.core.deviations import Deviation
from trialwright.core.eligibility import Eligibility
from trialwright.core.schedule import Duty, Visit
from trialwright.core.terms import Because, Verdict

AT_LENGTH = 3
"""So many deviations of one kind and day are told at length; more of them by clause."""
LAST_ASSESSMENTS = 4
"""So many assessments are told one by one; earlier ones by their response."""


def subject_words(said: SubjectStatus, known_to: int, head: str, reader: str = "") -> str:
    """One subject on one page, for everyone or for one reader."""
    lines = [*_heading(said, known_to, head)]
    for section, readers in SECTIONS:
        if not reader or reader in readers:
            lines += section(said)
    return page(lines, said.labels)


# --- who and where ---------------------------------------------------------------------------------------------------


def _heading(said: SubjectStatus, known_to: int, head: str) -> Lines:
    arm = f", arm {said.arm}" if said.arm else ""
    at = f"{said.site_name} ({said.site})" if said.site_name else said.site
    yield f"{said.subject} at {at}{arm}, on {said.on}"
    simulated = "; SIMULATED DATA" if said.simulated else ""
    yield f"protocol version {said.version}; known up to event {known_to}; ledger head {head}{simulated}"
    yield ""
    place = said.disposition
    since = f" since {place.since}" if place.since else ""
    of = f" of {said.cycle}" if said.cycle and said.day and said.day <= said.cycle else ""
    course = f"; course {said.course}, day {said.day}{of}" if said.course and place.off_treatment is None else ""
    yield f"{place.epoch.value.upper()}{since}: {place.why}{course}"
    yield from _ground(said, "disposition", with_saw=False)
    if place.to_end:
        yield f"TREATMENT IS TO END: {place.to_end}"


def _today(said: SubjectStatus) -> Lines:
    """What to do today, in a few lines."""
    yield ""
    yield "TODAY"
    if said.eligibility is not None:
        yield row("eligibility", said.eligibility.word)
    for decision in said.doses.values():
        yield row("dose", f"{decision.drug}: {dose_line(decision)}")
    yield row("due", _due_line(said))
    owed = [f"{one.report} report of {one.term} to the {one.to}: {one.state}" for one in said.clocks if one.open]
    if owed:
        yield row("report", "; ".join(owed))
    needed = [one for one in said.wanted if not all(name.startswith(UNTOLD) for name in one.waits)]
    count, who = len(needed), ", ".join(dict.fromkeys(one.who for one in needed))
    data = "one datum" if count == 1 else f"{count} data"
    yield row("missing", f"{data}, from {who}: see MISSING" if count else "nothing that an answer waits for")
    changes = said.next_change
    yield row("holds", f"until {changes}, if nothing new is recorded" if changes else "until something is recorded")


def _due_line(said: SubjectStatus) -> str:
    open_ = [f"{one.encounter.label} ({one.state}, by {one.latest})" for one in said.due]
    open_ += [f"sample: {one.specimen.label} ({one.state}, by {one.visit.latest})" for one in said.samples]
    if open_:
        return "; ".join(open_)
    return f"nothing; next is {_visit_line(said.ahead.visit)}" if said.ahead else "nothing, and nothing is planned"


def _visit_line(one: Visit) -> str:
    return f"{one.encounter.label} on {one.due} ({one.earliest} to {one.latest})"


# --- eligibility -----------------------------------------------------------------------------------------------------


def _entry(said: SubjectStatus) -> Lines:
    if said.eligibility is not None:
        yield ""
        until = f", until {said.eligibility.holds_until}" if said.eligibility.holds_until else ""
        yield f"ELIGIBILITY: {said.eligibility.word}{until}"
        yield from eligibility_lines(said.eligibility)


def eligibility_lines(said: Eligibility) -> Lines:
    """What stands against entry, then what is missing, then how many criteria are met."""
    for verdict in (Verdict.NOT_MET, Verdict.UNKNOWN):
        for one in said.criteria:
            if one.verdict is verdict:
                saw = "; ".join(dict.fromkeys(part for each in one.because for part in each.saw.split("; ") if part))
                words = f' "{shortened(one.because[0].words)}"' if one.because else ""
                yield f"  {verdict.value:8}{one.id}:{words}; {saw}"
    met = sum(one.verdict is Verdict.MET for one in said.criteria)
    yield f"  met     {met} of {len(said.criteria)} {'criterion' if len(said.criteria) == 1 else 'criteria'}"


# --- dose ------------------------------------------------------------------------------------------------------------


def _doses(said: SubjectStatus) -> Lines:
    for drug, decision in said.doses.items():
        yield from dose_words(decision, said.grounds.get(f"dose {drug}"))


def _supply(said: SubjectStatus) -> Lines:
    for drug, handed in said.supply.items():
        yield from supply_lines(handed, said.grounds.get(f"supply {drug}"))
    yield from account_lines(said.accounts)


def _intensity(said: SubjectStatus) -> Lines:
    yield from intensity_lines(said.intensity.values())


def _clocks(said: SubjectStatus) -> Lines:
    """Reports of serious events: to whom, by when, and whether they were sent."""
    if said.clocks:
        yield ""
        yield "REPORTS OF SERIOUS EVENTS"
    yield from (f"  {one.says}" for one in said.clocks)
    yield from reason_lines(dict.fromkeys(Because(e.clause, e.words) for one in said.clocks for e in one.because[:1]))


def _continuation(said: SubjectStatus) -> Lines:
    going = said.continuation
    if said.course is None or said.disposition.off_treatment:
        return
    yield ""
    left = f", {going.courses_left} more" if going.courses_left is not None else ""
    line = f"TREATMENT: {going.action}{left}: {going.reason}"
    yield line
    yield from _ground(said, "continuation", line)
    if going.missing:
        yield f"  missing: {'; '.join(going.missing)}"


# --- visits and what is missing --------------------------------------------------------------------------------------


def _visits(said: SubjectStatus) -> Lines:
    """Visits to make, with what each collects; visits made that lack something; the one after."""
    yield ""
    open_ = [one for one in said.tasks if one.visit.state != "done"]
    ahead = [] if open_ or said.ahead is None else [said.ahead]
    yield "DUE" if open_ else "NOTHING DUE" + ("; next:" if ahead else "")
    for one in (*open_, *ahead):
        yield from _task(said, one)
    lost = [one for one in said.undated if one.happened]
    if lost:
        yield "PLANNED, AND WITHOUT A DATE"
    for waiting in lost:
        yield f"  {waiting.encounter.label}: {waiting.because[0].saw}"
    lacking = [one for one in said.tasks if one.visit.state == "done"]
    if lacking:
        yield "NOT COMPLETE"
    for one in lacking:
        told = "; ".join((*one.lacks, *_of_samples(one)))
        yield f"  {one.visit.encounter.label}, done on {one.visit.done_on}; not recorded: {told}"


def _task(said: SubjectStatus, one: Task) -> Lines:
    visit = one.visit
    yield f"  {visit.encounter.label}: {visit.state}, on {visit.due}, window {visit.earliest} to {visit.latest}"
    wanted = one.lacks if visit.state != "coming" else one.collects
    if wanted or one.samples:
        yield f"      record: {'; '.join((*wanted, *_of_samples(one)))}"
    yield from _ground(said, f"visit {visit.key}", with_saw=False, indent=6)


def _of_samples(one: Task) -> Iterator[str]:
    yield from (f"sample of {each.specimen.label.lower()} ({each.state})" for each in one.samples)


def _missing(said: SubjectStatus) -> Lines:
    """What the answers of today wait for, one by one; in one line what only deviations of the past do."""
    past = [one for one in said.wanted if all(name.startswith(UNTOLD) for name in one.waits)]
    if said.wanted:
        yield ""
        yield "MISSING, and who can give it"
    for one in said.wanted:
        if one not in past:
            more = len(one.waits) - AT_LENGTH
            waits = ", ".join(map(_answer, one.waits[:AT_LENGTH])) + (f" and {more} more" if more > 0 else "")
            yield f"  {one.label}: from {one.who}" + (
                f"; waiting for it: {waits}" if waits != f"the {one.label}" else ""
            )
    if past:
        yield f"  to tell whether there were deviations: {'; '.join(one.label for one in past)}"


ANSWERS = {
    "disposition": "where the patient stands",
    "continuation": "whether treatment goes on",
    "criterion": "the criterion",
    "dose": "the dose of",
    "supply": "the supply of",
    "account": "the count of what was handed out of",
    "intensity": "the dose intensity of",
    "visit": "the visit",
    "sample": "the sample",
    "duty": "the duty",
    "grade": "the grade of",
    "response": "the response",
    "best": "the best",
    "clock": "the report of",
}
"""An answer that waits for data, by the first word of its name, as people say it."""


def _answer(name: str) -> str:
    kind, _, which = name.partition(" ")
    return f"{ANSWERS.get(kind, kind)} {which}".strip()


# --- disease and toxicity --------------------------------------------------------------------------------------------


def _response(said: SubjectStatus) -> Lines:
    """The response at each assessment, the best, and their clause."""
    if not said.assessments:
        return
    yield ""
    last = said.assessments[-1]
    yield f"RESPONSE: {last.response.value} on {last.on}: {last.why}"
    earlier, shown = said.assessments[:-LAST_ASSESSMENTS], said.assessments[-LAST_ASSESSMENTS:-1]
    if earlier:
        told = ", ".join(f"{one.on} {one.response.name}" for one in earlier)
        yield f"  earlier: {told}"
    for one in shown:
        yield f"  {one.on}  {one.response.name}: {one.why}"
    if said.best:
        yield f"  best: {said.best.why}"
    yield from _ground(said, f"response {len(said.assessments) - 1}", with_saw=False)


def _grades(said: SubjectStatus) -> Lines:
    """Each toxicity now and at its worst under treatment, with value, limits and day."""
    if not said.grade_answers:
        return
    yield ""
    yield "TOXICITY, now and worst under treatment"
    for one in said.grade_answers:
        now = str(one.current) if one.current else one.now if one.now.startswith("resolved") else "not known"
        worst = (str(one.worst) if one.worst else "not known") if one.emergent else "not worse than before treatment"
        why = one.worst_was or one.now
        yield f"  {one.term}: now {now}, worst {worst}: {_without_term(why, one.term)}"
        if one.worded:
            yield f'    {one.current or one.worst} is: "{one.worded}"'
    first = said.grade_answers[0].ground.because
    yield from reason_lines(Because(one.clause, one.words) for one in first[:1])


def _without_term(why: str, term: str) -> str:
    """Why, without what stands before it on the line: the term and the grade."""
    return re.sub(r"^(grade (\d|not recorded): )", "", why.removeprefix(term).strip())


# --- duties, deviations ----------------------------------------------------------------------------------------------


def _duties(said: SubjectStatus) -> Lines:
    if said.duties:
        yield ""
        yield "DUTIES OF THE PATIENT"
    for one in said.duties:
        yield f'  "{shortened(one.obligation.words)}": {_span(one)}; {_promise(one)}'
        yield from _ground(said, f"duty {one.obligation.id}", with_words=False)


def _span(one: Duty) -> str:
    begins, until = one.start or "the first dose", one.until or "after the last dose, which is to come"
    return f"from {begins} until {until}"


def _promise(one: Duty) -> str:
    whether = "" if one.applies is Verdict.MET else "whether it applies is not known; "
    return (
        whether
        + {
            Verdict.MET: "promised",
            Verdict.NOT_MET: "NOT promised",
            Verdict.UNKNOWN: "no promise is recorded",
        }[one.promised]
    )


def _deviations(said: SubjectStatus) -> Lines:
    if not said.deviations:
        return
    yield ""
    yield f"DEVIATIONS: {len(said.deviations)}"
    alike: dict[tuple[Any, ...], list[Deviation]] = {}
    for one in said.deviations:
        alike.setdefault((one.on, one.severity, one.kind), []).append(one)
    for (on, severity, kind), some in alike.items():
        if len(some) > AT_LENGTH:
            told = ", ".join(one.clause for one in some)
            yield f"  {on}  {severity:6}{kind}, {len(some)} times: {told}"
        else:
            for one in some:
                clause = "" if said.labels.get(one.clause, one.clause) in one.says else f" ({one.clause})"
                yield f"  {on}  {severity:6}{kind}{clause}: {one.says}"


# --- grounds ---------------------------------------------------------------------------------------------------------


def _ground(
    said: SubjectStatus, name: str, line: str = "", *, with_saw: bool = True, with_words: bool = True, indent: int = 2
) -> Lines:
    """What an answer stands on: its clauses, then its data."""
    ground = said.grounds.get(name)
    if ground is None:
        return
    shown = ground.because if with_saw else tuple(Because(one.clause, one.words) for one in ground.because[:1])
    lines = [*(reason_lines(shown, line) if with_words else ()), *data_lines(ground.evidence)]
    yield from (" " * (indent - 2) + each for each in lines)


PEOPLE: tuple[str, ...] = ("coordinator", "pharmacist", "investigator")
"""For whom a page can be written."""
_C, _P, _I = PEOPLE
SECTIONS: tuple[tuple[Callable[[SubjectStatus], Lines], tuple[str, ...]], ...] = (
    (_today, (_C, _P, _I)),
    (_entry, (_C, _I)),
    (history_lines, (_C,)),
    (_doses, (_P, _I)),
    (_supply, (_P,)),
    (_continuation, (_I,)),
    (_clocks, (_C, _I)),
    (_visits, (_C,)),
    (specimen_lines, (_C,)),
    (_missing, (_C, _P, _I)),
    (_grades, (_P, _I)),
    (_intensity, (_P, _I)),
    (_response, (_I,)),
    (_duties, (_C, _P)),
    (_deviations, (_C, _I)),
)
"""The sections of the page in order, and who acts on each."""
