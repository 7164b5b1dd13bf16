"""Where a subject stands in the study on a day, since when and why; whether treatment goes on.

Decided here: screening, not registered, treatment, follow-up or off study, from what was recorded; when follow-up is
over by the schedule; what a withdrawal leaves (`Remaining`). That treatment is to end (`to_end`) is said before anybody
has ended it; that it ended is a fact of the record. Whether it goes on after an assessment is decided in
`dosing.continuing`; what consent amounts to on a day in `subject.standing`. Read `disposition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.dosing import ContinuationDecision, decide_continuation, decide_dose
from trialwright.core.ledger import (
    CONSENT_SCOPES,
    ConsentWithdrawn,
    ScreeningFailed,
    StudyLeft,
    SubjectFound,
    SubjectScreened,
)
from trialwright.core.protocol import Encounter, EndReason, Epoch, Reason
from trialwright.core.subject import (
    Case,
    SubjectRecord,
    by_day,
    consented,
    criteria_called,
    in_words,
    known_on,
    left,
    treatment_over,
    versions_consented,
    why_left,
    withdrawn,
)

Ended = tuple[date, str]
"""A day and why."""


@dataclass(frozen=True)
class Remaining:
    """What a subject still consents to: versions, and what of the study was withdrawn, each part with its day and why.

    `visits` is whether visits are planned; `public_records` whether survival may be looked up there (None: not asked);
    `destroy_stored_since` the day from which stored specimens are to be destroyed.
    """

    versions: tuple[str, ...] = ()
    withdrawn: tuple[tuple[str, date, str], ...] = ()
    visits: bool = True
    public_records: bool | None = None
    destroy_stored_since: date | None = None


@dataclass(frozen=True)
class Disposition:
    """Where a subject stands: the epoch, since when and why, with the days that led there.

    `off_treatment` and `off_study` are a day and the words for why, or None, `treatment_reason` and `study_reason` what
    these count as; `to_end` says why treatment is to end where it is not yet recorded as ended; `found_again` the day a
    subject who was lost came back.
    """

    epoch: Epoch
    since: date | None
    why: str
    screened: date | None = None
    registered: date | None = None
    first_dose: date | None = None
    last_dose: date | None = None
    off_treatment: Ended | None = None
    off_study: Ended | None = None
    died: date | None = None
    to_end: str = ""
    remaining: Remaining = Remaining()
    found_again: date | None = None
    treatment_reason: Reason | None = None
    study_reason: Reason | None = None


def disposition(case: Case, on: date) -> Disposition:
    """Where the subject stands on a day."""
    known, died = known_on(case.record, on), death(case, on)
    screened, registered = known.latest(SubjectScreened), known.registered
    courses, anchors = case.courses(on), case.anchors(on)
    off_treatment = _off_treatment(known, died, on)
    off_study = _off_study(case, known, died, on)
    found = max(known.of_kind(SubjectFound), key=by_day, default=None)
    epoch, since, why = _place(case, known, off_treatment, off_study)
    off_treatment = off_treatment if registered else None
    return Disposition(
        epoch=epoch,
        since=since,
        why=why,
        screened=screened.occurred if screened else None,
        registered=registered.occurred if registered else None,
        first_dose=courses[0].day_1 if courses else None,
        last_dose=anchors.get("last_dose"),
        off_treatment=off_treatment,
        off_study=off_study,
        died=died,
        to_end=_to_end(case, on) if epoch is Epoch.TREATMENT else "",
        remaining=remaining(case.record, on),
        found_again=found.occurred if found and not off_study else None,
        treatment_reason=_reason(case, off_treatment),
        study_reason=_reason(case, off_study),
    )


def epoch_of(case: Case, on: date) -> tuple[Epoch, date | None, str]:
    """Where the subject stands, since when and why, for a list: as `disposition`, without the days that led there."""
    known, died = known_on(case.record, on), death(case, on)
    return _place(case, known, _off_treatment(known, died, on), _off_study(case, known, died, on))


def _reason(case: Case, ended: Ended | None) -> Reason | None:
    """What an end counts as; an event that withdraws consent is a withdrawal of consent, whatever its words."""
    if ended is None:
        return None
    on, words = ended
    gone = [one for one in case.record.of_kind(ConsentWithdrawn) if one.occurred <= on and why_left(one) == words]
    return Reason(words, EndReason.WITHDRAWAL_OF_CONSENT) if gone else case.protocol.end_reason(words)


def remaining(record: SubjectRecord, on: date) -> Remaining:
    """What the subject still consents to on a day.

    Who withdraws from treatment is still followed; from follow-up, has no more visits; stored specimens are destroyed
    once the consent to keep them is gone. Public records may be looked up only with consent to it.
    """
    gone = [(scope, one) for scope in CONSENT_SCOPES if (one := withdrawn(record, scope, on))]
    stored = withdrawn(record, "stored specimens", on)
    return Remaining(
        versions=versions_consented(record, on),
        withdrawn=tuple((scope, one.occurred, one.why) for scope, one in gone),
        visits=not {"study", "follow-up"} & {scope for scope, _ in gone} and left(record, on) is None,
        public_records=consented(record, "public records", on),
        destroy_stored_since=stored.occurred if stored else None,
    )


def continuation(case: Case, on: date) -> ContinuationDecision:
    """Whether treatment goes on after the assessments up to a day."""
    return decide_continuation(case, on)


def death(case: Case, on: date) -> date | None:
    """The day of death as recorded; None where none is known."""
    return case.died(on)


def _off_treatment(known: SubjectRecord, died: date | None, on: date) -> Ended | None:
    """Treatment is over by the event that says so, by withdrawal of the consent to it, or else by death or leaving."""
    over = treatment_over(known, on)
    if died and (over is None or isinstance(over, StudyLeft)):
        return died, "death"
    return (over.occurred, why_left(over)) if over else None


def off_study(case: Case, on: date) -> Ended | None:
    """When and why a registered subject is off study, by a day; None while something more can be learnt of it."""
    return _off_study(case, known_on(case.record, on), death(case, on), on)


def _off_study(case: Case, known: SubjectRecord, died: date | None, on: date) -> Ended | None:
    """Off study by death, by leaving, by withdrawing, by refusing follow-up once treatment is over, or by its end."""
    gone = left(known, on)
    if died and (gone is None or died <= gone.occurred):
        return died, "death"
    if gone:
        return gone.occurred, why_left(gone)
    unfollowed, over = withdrawn(known, "follow-up", on), treatment_over(known, on)
    if unfollowed and over:
        return max(unfollowed.occurred, over.occurred), why_left(unfollowed)
    ends = end_of_follow_up(case, on)
    return (ends, "follow-up complete") if ends and ends < on else None


def end_of_follow_up(case: Case, on: date) -> date | None:
    """The last day of the last follow-up window by the schedule; None before treatment ended or without an end."""
    anchors = case.anchors(on)
    if "end_of_treatment" not in anchors:
        return None
    planned = [one for one in case.protocol.encounters if one.epoch is Epoch.FOLLOW_UP and one.anchor in anchors]
    ends = [_last_day(one, anchors[one.anchor]) for one in planned]
    return max((day for day in ends if day), default=None)


def last_follow_up(case: Case, on: date) -> Encounter | None:
    """The follow-up that lasts longest, counted from a day; None where the protocol plans none."""
    planned = [one for one in case.protocol.encounters if one.epoch is Epoch.FOLLOW_UP]
    return max(planned, key=lambda one: _last_day(one, on) or on, default=None)


def _last_day(encounter: Encounter, anchor: date) -> date | None:
    """The last day of its window: of the last repetition, or of the one visit; None where it repeats without end."""
    if encounter.every and encounter.until is None:
        return date.max
    length = encounter.until or encounter.offset
    return length.after(anchor) + timedelta(days=encounter.window[1]) if length else None


def _place(
    case: Case, known: SubjectRecord, off_treatment: Ended | None, off_study: Ended | None
) -> tuple[Epoch, date | None, str]:
    registered, screened = known.registered, known.latest(SubjectScreened)
    failed = known.latest(ScreeningFailed)
    if registered is None and failed:
        return (
            Epoch.NOT_REGISTERED,
            failed.occurred,
            f"screening failed: {in_words(failed.why, criteria_called(case)) or failed.said.answer}",
        )
    if off_study and (registered or screened):
        return Epoch.OFF_STUDY if registered else Epoch.NOT_REGISTERED, *off_study
    if registered is None and screened is None:
        return Epoch.NOT_REGISTERED, None, "not screened by this day"
    if registered is None:
        before = f"; screened before as {screened.rescreens}" if screened and screened.rescreens else ""
        return Epoch.SCREENING, screened.occurred if screened else None, f"not registered yet{before}"
    if off_treatment:
        return Epoch.FOLLOW_UP, off_treatment[0], f"treatment ended: {off_treatment[1]}"
    return Epoch.TREATMENT if case.protocol.treats else Epoch.FOLLOW_UP, registered.occurred, "registered"


def _to_end(case: Case, on: date) -> str:
    """Why treatment is to end: by a rule of continuation, or because every drug is stopped."""
    going = continuation(case, on)
    if going.action == "off treatment":
        return going.reason
    said = [decide_dose(case, one, on) for one in case.protocol.regimens_of(case.record.arm)]
    stopped = [one.reason for one in said if one.action == "stop"]
    return "; ".join(dict.fromkeys(stopped)) if said and len(stopped) == len(said) else ""
