"""What the record promised, and what was done: accrual, arms, sites, dates, limits of age, sub-studies, each outcome.

A row says whether it was kept: as promised, otherwise, not yet, or cannot be told. Nothing is judged: the counts are
those of the other tables. Read `promises`, then PROMISES.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from trialwright.adapters.reports.analysis.baseline import NumberSummary
from trialwright.adapters.reports.analysis.places import Places
from trialwright.adapters.reports.analysis.results import NO_RESULT, result_of, section_of
from trialwright.adapters.reports.text import counted, day, listed, number, sentence, span
from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.protocol import Endpoint, StudyProtocol
from trialwright.core.registration.values import Reached
from trialwright.core.schedule import Joined, joined, progress_of
from trialwright.core.terms import PartialDate

if TYPE_CHECKING:
    from trialwright.adapters.reports.analysis import Analysis

KEPT, OTHERWISE, NOT_YET, UNTOLD = "as promised", "otherwise", "not yet", "cannot be told"


@dataclass(frozen=True)
class Promise:
    """What was promised, by which words, what was done, whether it was kept, and the section that shows it."""

    what: str
    promised: str
    done: str
    kept: str
    section: str = ""


@dataclass(frozen=True)
class Promises:
    """Every promise."""

    rows: tuple[Promise, ...]

    def of(self, kept: str) -> tuple[Promise, ...]:
        """Those of one answer."""
        return tuple(one for one in self.rows if one.kept == kept)

    @property
    def as_promised(self) -> tuple[Promise, ...]:
        """Those that were kept."""
        return self.of(KEPT)

    @property
    def otherwise(self) -> tuple[Promise, ...]:
        """Those that were done otherwise."""
        return self.of(OTHERWISE)

    @property
    def not_yet(self) -> tuple[Promise, ...]:
        """Those that are not done yet."""
        return self.of(NOT_YET)

    @property
    def untold(self) -> tuple[Promise, ...]:
        """Those of which it cannot be told."""
        return self.of(UNTOLD)


def promises(analysis: Analysis, at: Places) -> Promises:
    """The record's promises in its own order."""
    found = (*_enrolment(analysis), *_sites(analysis, at), *_arms(analysis), *_start(analysis, at))
    later = (*_ages(analysis), *_substudies(analysis.gathered), *_ends(analysis), *_outcomes(analysis))
    return Promises((*found, *later))


def fact(protocol: StudyProtocol, field: str) -> str | None:
    """The value of the record's field whose path ends so; None where the record does not have it."""
    value = next((one.value for one in protocol.facts if one.field.endswith(field)), None)
    return None if value is None else str(value)


def _enrolment(analysis: Analysis) -> Iterable[Promise]:
    planned, had = analysis.flow.planned, analysis.flow.registered
    kept = KEPT if had == planned else OTHERWISE if had > planned else NOT_YET
    yield Promise("Accrual", counted(planned, "participant"), f"{had} registered", kept, "flow")


def _sites(analysis: Analysis, at: Places) -> Iterable[Promise]:
    planned = analysis.gathered.protocol.design.sites
    told = [f"{one.site} {one.registered}" for one in at.opened]
    others = [one.site for one in at.opened if one.site not in {each.id for each in planned}]
    kept = OTHERWISE if others else KEPT if len(at.opened) == len(planned) else NOT_YET
    done = f"{len(at.opened)} registered somebody: {listed(told)}" if told else "nobody was registered at any"
    promised = f"{counted(len(planned), 'site')}: {listed([one.name for one in planned])}"
    yield Promise("Sites", promised, done, kept, "sites")


def _arms(analysis: Analysis) -> Iterable[Promise]:
    arms = analysis.gathered.protocol.arms
    columns = {one.label: one for one in analysis.flow.columns}
    for arm in arms:
        column = columns.get(arm.label) or (analysis.flow.columns[0] if len(arms) == 1 else None)
        if column is None:
            continue
        done = f"{column.registered} registered, {column.treated} treated"
        yield Promise(f"Arm: {arm.label}", arm.type.value, done, KEPT if column.treated else NOT_YET, "flow")


def _start(analysis: Analysis, at: Places) -> Iterable[Promise]:
    said = fact(analysis.gathered.protocol, "startDateStruct.date")
    if said is None:
        return
    if at.first is None:
        yield Promise("Start", _said(said), "nobody is registered by the cut-off", NOT_YET, "sites")
        return
    kept = KEPT if on_day(said, at.first) else OTHERWISE
    yield Promise("Start", _said(said), f"first registered on {day(at.first)}", kept, "sites")


def on_day(said: str, on: date) -> bool:
    """Whether a day lies in a date of the record, at the record's own precision."""
    known = _dated(said)
    return known is not None and known.earliest <= on <= known.latest


def _dated(said: str) -> PartialDate | None:
    try:
        return PartialDate.parse(said)
    except ValueError:
        return None


def _said(said: str) -> str:
    return day(_dated(said), otherwise=said)


def _ages(analysis: Analysis) -> Iterable[Promise]:
    limits = [fact(analysis.gathered.protocol, f"{name}imumAge") for name in ("min", "max")]
    if not any(limits):
        return
    age = next((row.groups[-1] for row in analysis.baseline if row.concept == "age"), None)
    promised = f"{limits[0] or 'no lower limit'} to {limits[1] or 'no upper limit'}"
    if not isinstance(age, NumberSummary) or age.low is None or age.high is None:
        kept = UNTOLD if analysis.flow.registered else NOT_YET
        yield Promise("Ages", promised, "no age is recorded", kept, "baseline")
        return
    outside = [one for one in analysis.conduct.deviations if one.clause in ("age", "ages")]
    done = f"{span(age.low, age.high, 0)} years, median {number(age.median or 0, 0)}"
    yield Promise("Ages", promised, done, OTHERWISE if outside or not _within(limits, age) else KEPT, "baseline")


def _within(limits: list[str | None], age: NumberSummary) -> bool:
    least, most = (int(one.split()[0]) if one and one.split()[0].isdigit() else None for one in limits)
    low, high = age.low or 0, age.high or 0
    return (least is None or low >= least) and (most is None or high <= most)


def in_substudies(one: Person) -> tuple[Joined, ...]:
    """The sub-studies of the reference version that a participant joined."""
    return joined(one.judged_by.protocol, one.case.record, one.judged_by.cut)


def _substudies(gathered: Gathered) -> Iterable[Promise]:
    everyone = [each for one in gathered.people for each in one.ask(in_substudies)]
    for one in progress_of(gathered.protocol, everyone):
        promised = f"{one.substudy.target} to {one.substudy.offered_until} participants"
        done = f"{len(one.joined)} joined, {len(one.sampled)} with every kind of sample"
        kept = KEPT if one.reached else NOT_YET if one.offered else OTHERWISE
        yield Promise(f"Sub-study: {one.substudy.label}", promised, done, kept, "specimens")


def _ends(analysis: Analysis) -> Iterable[Promise]:
    """The dates of completion: as the life of the registry record derives them, or else why they are not told."""
    life = analysis.gathered.life
    for field, what, reached in (
        ("primaryCompletionDateStruct.date", "Primary completion", life.primary_completion if life else None),
        ("statusModule.completionDateStruct.date", "Study completion", life.completion if life else None),
    ):
        said = fact(analysis.gathered.protocol, field)
        if said is not None:
            yield _end(what, said, reached, analysis.gathered.cut)


def _end(what: str, said: str, reached: Reached | None, cut: date) -> Promise:
    if reached is None:
        return Promise(what, _said(said), "the registry record was not asked about", UNTOLD)
    if reached.on is not None:
        kept = KEPT if on_day(said, reached.on) else OTHERWISE
        return Promise(what, _said(said), sentence(reached.because), kept, "registry")
    known = _dated(said)
    late = known is not None and known.latest < cut
    return Promise(what, _said(said), sentence(reached.because), OTHERWISE if late else NOT_YET, "registry")


def _outcomes(analysis: Analysis) -> Iterable[Promise]:
    """The outcomes the record has words for; what the protocol adds of itself was promised by nobody."""
    ready = {one.endpoint: one for one in analysis.gathered.readiness}
    for endpoint in (one for one in analysis.gathered.protocol.endpoints if one.quotes):
        one = ready.get(endpoint.id)
        final = "" if one is None or one.ready else f"; not final: waits for {_waits(one.waiting, one.to_accrue)}"
        done = f"{result_of(analysis, endpoint)}{final}"
        kept = NOT_YET if final else UNTOLD if result_of(analysis, endpoint) in NO_RESULT else KEPT
        what = f"{endpoint.level.capitalize()} outcome: {endpoint.label}"
        yield Promise(what, _frame(endpoint), done, kept, section_of(analysis, endpoint))


def _waits(waiting: tuple[str, ...], to_accrue: int) -> str:
    told = [counted(len(waiting), "participant")] if waiting else []
    told += [f"{to_accrue} still to be registered"] if to_accrue else []
    return listed(told, "the rest")


def _frame(endpoint: Endpoint) -> str:
    return f"time frame: {endpoint.time_frame}" if endpoint.time_frame else "no time frame in the record"
