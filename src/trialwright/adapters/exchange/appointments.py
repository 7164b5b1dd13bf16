"""The visits of a subject as calendar entries that can be sent again and again: same visit, same entry.

The ledger is read event by event, and the plan is asked for after each that can change it; so an entry knows the
position that changed it last, and one that was announced and fell away stays, called off. What was never announced is
left out. An entry holds what a wall calendar may: the subject's id, the visit, its days and its clause; no value, no
name, no reason that would tell about the disease. Read `appointments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from trialwright.core.conditions import Condition, GradeIs, ResponseIs, parts
from trialwright.core.conduct import Trial, case_of
from trialwright.core.conduct.trial import bare_case
from trialwright.core.ledger import (
    DoseReleased,
    Event,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Locked,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    Signed,
    SourceVerified,
    SubjectTransferred,
    TermCoded,
    Unlocked,
    UnlockRequested,
)
from trialwright.core.protocol import Clause, Encounter, StudyProtocol
from trialwright.core.schedule import Duty, Sample, Visit, duties, samples, undated, visit_called, visits
from trialwright.core.schedule.naming import Words
from trialwright.core.subject import Case, StudyRecord, SubjectRecord, advance
from trialwright.core.terms import Verdict

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
PLAN_CONCEPTS = frozenset("visit exposure death vital_status consent_date specimen".split())
"""Concepts whose records can move or close a visit, besides those the protocol's conditions ask for."""
MOVES_NOTHING = (
    DoseReleased, QueryOpened, QueryAnswered, QueryClosed, SourceVerified, TermCoded, Signed, Locked,
    UnlockRequested, Unlocked,
)  # fmt: skip
"""Events that leave every visit where it was."""
DECIDED_ELSEWHERE = ("does not apply",)


@dataclass(frozen=True)
class Appointment:
    """One entry: a visit over its window, or the last day of a duty; `first` and `last` None where it has no day.

    `sequence` is the position in the ledger that last changed it and `modified` when that was written.
    """

    uid: str
    subject: str
    site: str
    key: str
    summary: str
    description: str
    category: str
    first: date | None
    last: date | None
    status: str
    title: str = ""
    sequence: int = 0
    modified: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def content(self) -> tuple[object, ...]:
        """What makes it another entry than before."""
        return self.summary, self.description, self.first, self.last, self.status, self.site


Plan = Mapping[str, Appointment]


def appointments(
    trial: Trial,
    study: StudyRecord,
    events: Iterable[Event],
    subject: str,
    on: date,
    site: str | None = None,
    words: Words = str,
) -> tuple[Appointment, ...]:
    """Every entry of a subject as it stands on a day, in order of its first day; called off ones included.

    For one site: of a subject who went to another, what was over before that day stays and all else is called off.
    `words` puts our own words and the labels of the standards into the language of whoever reads.
    """
    own = [event for event in events if event.subject == subject]
    held: dict[str, Appointment] = {}
    record = SubjectRecord(subject, own[0].site or "" if own else "")
    day, matters = date.min, _relevant(trial)
    for event in own:
        record = advance(record, event)
        day = min(max(day, event.occurred), on)
        if matters(event):
            plan = _at_site(_plan(trial, study, record, day, words), record, day, site)
            held = _updated(held, plan, event.seq, _written(event), words)
    if own:
        last = max(own, key=lambda event: event.seq)
        midnight = datetime.combine(on, time(), UTC)
        plan = _at_site(_plan(trial, study, record, on, words), record, on, site)
        held = _updated(held, plan, last.seq, max(midnight, _written(last)), words)
    return tuple(sorted(held.values(), key=lambda one: (one.first or date.max, one.key)))


def _at_site(plan: Plan, record: SubjectRecord, on: date, site: str | None) -> Plan:
    """What a site is told: everything of its own subject, of one who left it what was over before that day."""
    if site is None or record.site_on(on) == site:
        return plan
    moved = {one.occurred for one in record.of_kind(SubjectTransferred) if one.occurred <= on}
    left = max((day for day in moved if record.site_on(day - timedelta(days=1)) == site), default=None)
    return {uid: one for uid, one in plan.items() if left and one.last and one.last < left}


def _written(event: Event) -> datetime:
    """When an event was written into the ledger; one that was not is taken to be of its day."""
    return event.recorded or datetime.combine(event.occurred, time(), UTC)


def _updated(
    held: Mapping[str, Appointment], plan: Plan, seq: int, when: datetime, words: Words
) -> dict[str, Appointment]:
    """The entries after one more event: those that differ are changed by it, those that are gone are called off."""
    found = {}
    for uid in (*held, *(uid for uid in plan if uid not in held)):
        before = held.get(uid)
        now = plan.get(uid) or _called_off(before, words)
        if now is None or (before is None and now.status == CANCELLED):
            continue
        same = before is not None and before.content == now.content
        found[uid] = before if same and before else replace(now, sequence=seq, modified=when)
    return found


def _called_off(before: Appointment | None, words: Words) -> Appointment | None:
    if before is None or before.status == CANCELLED:
        return before
    off = words("called off")
    return replace(before, status=CANCELLED, summary=f"{before.title} ({off})")


def _relevant(trial: Trial) -> Callable[[Event], bool]:
    """Whether an event can change the plan: a form by what the plan depends on, others unless they move nothing."""
    asked = {
        name
        for version in trial.versions.values()
        for when in _conditions(version)
        for part in parts(when)
        for name in (getattr(part, "concept", None), getattr(part, "question", None), _sex(part))
        if name
    }
    seen: set[tuple[str | None, str]] = set()

    def matters(event: Event) -> bool:
        if not isinstance(event, FormSubmitted | FormCorrected):
            return not isinstance(event, MOVES_NOTHING)
        first = (event.subject, event.encounter) not in seen
        seen.add((event.subject, event.encounter))
        return first or any(ItemPath.parse(item.path).concept in PLAN_CONCEPTS | asked for item in event.items)

    return matters


def _sex(part: object) -> str | None:
    return "sex" if type(part).__name__ == "Sex" else None


# --- the plan after one event --------------------------------------------------------------------------------------


def _plan(trial: Trial, study: StudyRecord, record: SubjectRecord, on: date, words: Words) -> Plan:
    """Every entry the plan asks for as known then."""
    case = _case(trial, study, record, on)
    name = f"{case.record.subject}.{case.protocol.protocol}"
    taken: dict[str, list[Sample]] = {}
    for sample in samples(case, on):
        taken.setdefault(sample.visit.key, []).append(sample)
    found = [_of_visit(case, one, taken.get(one.key, []), name, words) for one in visits(case, on)]
    found += [_without_day(case, one.key, one.encounter, name, words) for one in undated(case, on) if one.happened]
    found += [one for duty in duties(case, on) if (one := _of_duty(case, duty, name, words))]
    return {one.uid: one for one in found}


def _case(trial: Trial, study: StudyRecord, record: SubjectRecord, on: date) -> Case:
    """The subject as known then, graded and assessed only where the version's visits ask for that."""
    alone = replace(study, subjects={record.subject: record})
    here = record.on_its_site(on)
    version = trial.version_of(alone, here, on)
    if _asks_of_the_disease(trial.versions[version]):
        return case_of(trial, alone, record.subject, on)
    return bare_case(trial, alone, here, version)


def _asks_of_the_disease(protocol: StudyProtocol) -> bool:
    return any(isinstance(part, GradeIs | ResponseIs) for when in _conditions(protocol) for part in parts(when))


def _conditions(protocol: StudyProtocol) -> tuple[Condition, ...]:
    """Everything that decides for whom visits and duties are."""
    visit = tuple(one.applies_when for one in protocol.encounters)
    return visit + tuple(one.applies_when for one in protocol.obligations)


def _of_visit(case: Case, one: Visit, planned: list[Sample], name: str, words: Words) -> Appointment:
    status, told = _standing(one, words)
    title = f"{case.record.subject} {visit_called(case.protocol, one.key, words)}"
    first, last = (one.done_on, one.done_on) if one.done_on else (one.earliest, one.latest)
    return Appointment(
        uid=f"{one.key}.{name}",
        subject=case.record.subject,
        site=case.record.site,
        key=one.key,
        title=title,
        summary=f"{title} ({told})",
        description=_described(case, one.encounter, one, planned, words),
        category=words(one.encounter.epoch.value),
        first=first,
        last=last,
        status=status,
    )


def _standing(one: Visit, words: Words) -> tuple[str, str]:
    """The status of the entry, and what stands in brackets after its title: the day it is due, or what became of it."""
    if one.state in DECIDED_ELSEWHERE:
        return CANCELLED, words("called off")
    due = {"due": one.due, "done": one.done_in}
    if one.state == "done" and one.done_in:
        return CONFIRMED, words("done %(done)s, due %(due)s") % due
    if one.state == "done":
        return CONFIRMED, words("done on an unknown day, due %(due)s") % due
    if one.state == "missed":
        return CONFIRMED, words("missed, due %(due)s") % due
    if one.applies is Verdict.UNKNOWN:
        return TENTATIVE, words("due %(due)s, whether needed is unknown") % due
    return (TENTATIVE if one.state == "coming" else CONFIRMED), words("due %(due)s") % due


def _described(case: Case, encounter: Encounter, one: Visit | None, planned: list[Sample], words: Words) -> str:
    """What is to be done, by which clause; nothing that was found in the subject."""
    if one:
        days = {"due": one.due, "first": one.earliest, "last": one.latest}
        lines = [words("Due %(due)s, window %(first)s to %(last)s.") % days]
    else:
        lines = [words("No day yet.")]
    collected = ", ".join(words(_concept(case, name)) for name in encounter.collect)
    lines += [words("To collect: %(what)s.") % {"what": collected}] if collected else []
    samples = ", ".join(sample.specimen.label for sample in planned)
    lines += [words("Specimens: %(which)s.") % {"which": samples}] if samples else []
    return "\n".join([*lines, _clause(encounter, words)])


def _clause(clause: Clause, words: Words) -> str:
    return words("Clause %(id)s: %(words)s") % {"id": clause.id, "words": clause.words}


def _concept(case: Case, name: str) -> str:
    known = case.concepts.get(name)
    return known.label if known else name.replace("_", " ")


def _without_day(case: Case, key: str, encounter: Encounter, name: str, words: Words) -> Appointment:
    """A visit that is to come and has no day, because a day it counts from was not recorded."""
    title, told = f"{case.record.subject} {visit_called(case.protocol, key, words)}", words("date unknown")
    return Appointment(
        uid=f"{key}.{name}",
        subject=case.record.subject,
        site=case.record.site,
        key=key,
        title=title,
        summary=f"{title} ({told})",
        description=_described(case, encounter, None, [], words),
        category=words(encounter.epoch.value),
        first=None,
        last=None,
        status=TENTATIVE,
    )


def _of_duty(case: Case, duty: Duty, name: str, words: Words) -> Appointment | None:
    """The last day of a duty, once it is known."""
    if duty.until is None or duty.applies is Verdict.NOT_MET:
        return None
    title, told = f"{case.record.subject} {duty.obligation.id.replace('_', ' ').capitalize()}", words("last day")
    return Appointment(
        uid=f"duty.{duty.obligation.id}.{name}",
        subject=case.record.subject,
        site=case.record.site,
        key=f"duty.{duty.obligation.id}",
        title=title,
        summary=f"{title} ({told})",
        description=_clause(duty.obligation, words),
        category=words("duty"),
        first=duty.until,
        last=duty.until,
        status=CONFIRMED if duty.applies is Verdict.MET else TENTATIVE,
    )
