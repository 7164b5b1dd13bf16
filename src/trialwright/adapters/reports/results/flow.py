"""Participant flow for the registry: treatment, then follow-up where the protocol has one, from the disposition.

Started, completed and each reason for not completing add up in every period. Who is still treated or followed at the
cut-off has not completed, and that is the reason given. Reasons are the registry's where the protocol's list has the
same one; others keep their words. Read `flow_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from trialwright.adapters.exchange.ctgov.results.choices import DropReason, MilestoneType
from trialwright.adapters.exchange.ctgov.results.flow import DropWithdraw, FlowCount, Milestone, ParticipantFlow, Period
from trialwright.adapters.exchange.ctgov.results.measures import Group
from trialwright.adapters.exchange.ctgov.results.values import Posted, Words, words_of
from trialwright.adapters.reports.results.numbers import (
    SIMULATED,
    Arm,
    columns,
    not_in_an_arm,
    participants,
)
from trialwright.adapters.reports.text import day, listed, sentence
from trialwright.core.analysis import Gathered, Person
from trialwright.core.protocol import Epoch, Reason
from trialwright.core.protocol.reasons import EndReason

REASONS: Mapping[EndReason, DropReason] = {
    EndReason.ADVERSE_EVENT: DropReason.ADVERSE_EVENT,
    EndReason.DEATH: DropReason.DEATH,
    EndReason.LOST_TO_FOLLOW_UP: DropReason.LOST_TO_FOLLOW_UP,
    EndReason.PHYSICIAN_DECISION: DropReason.PHYSICIAN_DECISION,
    EndReason.PREGNANCY: DropReason.PREGNANCY,
    EndReason.PROTOCOL_DEVIATION: DropReason.PROTOCOL_VIOLATION,
    EndReason.WITHDRAWAL_BY_SUBJECT: DropReason.WITHDRAWAL_BY_SUBJECT,
    EndReason.WITHDRAWAL_OF_CONSENT: DropReason.WITHDRAWAL_BY_SUBJECT,
}
"""The registry's reason for each of ours that it has; progression and the sponsor's ending have none there."""
WAITING, ON_TREATMENT, FOLLOWED = (
    "No first dose by the data cut-off",
    "Still on treatment at the data cut-off",
    "Still in follow-up at the data cut-off",
)
COMPLETED = ""
"""No reason is needed: the period was completed."""
FOLLOW_UP_NOTE = (
    "Everyone who ended treatment and stayed in the study is followed, whether or not treatment was completed."
)


def flow_of(gathered: Gathered, arms: Sequence[Arm]) -> ParticipantFlow:
    """The registry's participant flow."""
    groups = columns("FG", arms)
    followed = any(one.epoch is Epoch.FOLLOW_UP for one in gathered.protocol.encounters)
    treatment = _period(
        groups, "Treatment" if followed else "Overall Study", [_ends(arm.people, _treatment_end) for arm in arms]
    )
    periods = [_with_treated(treatment, groups, arms)]
    if followed:
        stayed = [_ends(filter(_entered_follow_up, arm.people), _study_end) for arm in arms]
        periods.append(_period(groups, "Follow-up", stayed, FOLLOW_UP_NOTE))
    return ParticipantFlow(
        pre_assignment_details=_before(gathered),
        recruitment_details=_recruitment(gathered),
        groups=groups,
        periods=tuple(periods),
    )


# ---- why a period was not completed --------------------------------------------------------------------------------


def _ends(people: Iterable[Person], why: Callable[[Person], str]) -> list[str]:
    return [why(one) for one in people]


def _treatment_end(one: Person) -> str:
    if not one.treated:
        return _words(one.study_reason) if one.off_study else WAITING
    return _words(one.treatment_reason) if one.off_treatment else ON_TREATMENT


def _study_end(one: Person) -> str:
    return _words(one.study_reason) if one.off_study else FOLLOWED


def _words(reason: Reason | None) -> str:
    """The registry's words for a reason; nothing for a completion."""
    if reason is None:
        return "No reason recorded"
    if reason.category is EndReason.COMPLETED:
        return COMPLETED
    known = REASONS.get(reason.category)
    return known.value if known else sentence(reason.counted.removeprefix("other: "))


def _entered_follow_up(one: Person) -> bool:
    """Off treatment, and in the study for longer than that day."""
    if one.off_treatment is None:
        return False
    return one.off_study is None or one.off_study[0] > one.off_treatment[0]


# ---- periods -------------------------------------------------------------------------------------------------------


def _period(groups: Sequence[Group], title: str, ends: Sequence[Sequence[str]], note: str = "") -> Period:
    """Started, completed, not completed, and each reason, for every group, from why each of its members ended."""
    reasons = [Counter(told for told in column if told != COMPLETED) for column in ends]
    started = [len(column) for column in ends]
    dropped = [sum(column.values()) for column in reasons]
    return Period(
        title=title,
        milestones=(
            _milestone(MilestoneType.STARTED, groups, started, note),
            _milestone(MilestoneType.COMPLETED, groups, [a - b for a, b in zip(started, dropped, strict=True)]),
            _milestone(MilestoneType.NOT_COMPLETED, groups, dropped),
        ),
        drop_withdraws=tuple(_drop(words, groups, reasons) for words in _in_order(reasons)),
    )


def _with_treated(period: Period, groups: Sequence[Group], arms: Sequence[Arm]) -> Period:
    """The period with those who took a first dose as a milestone after its start."""
    first, *rest = period.milestones
    treated = Milestone(
        Words("Received at Least One Dose"), achievements=_counts(groups, [len(arm.treated) for arm in arms])
    )
    return Period(period.title, (first, treated, *rest), period.drop_withdraws)


def _milestone(kind: MilestoneType, groups: Sequence[Group], counts: Sequence[int], note: str = "") -> Milestone:
    return Milestone(Words(kind.value, kind), note, _counts(groups, counts))


def _counts(groups: Sequence[Group], counts: Iterable[int]) -> tuple[FlowCount, ...]:
    return tuple(
        FlowCount(group.id, num_subjects=Posted(str(count))) for group, count in zip(groups, counts, strict=True)
    )


def _drop(words: str, groups: Sequence[Group], reasons: Sequence[Counter[str]]) -> DropWithdraw:
    return DropWithdraw(words_of(words, DropReason), reasons=_counts(groups, [column[words] for column in reasons]))


def _in_order(reasons: Sequence[Counter[str]]) -> list[str]:
    """The reasons that were given, the most frequent first."""
    total = sum(reasons, Counter[str]())
    return sorted(total, key=lambda words: (-total[words], words))


# ---- in words ------------------------------------------------------------------------------------------------------


def _recruitment(gathered: Gathered) -> str:
    """From when to when, and where, participants were registered."""
    days = sorted(one.registered for one in gathered.registered if one.registered)
    if not days:
        return f"No participant was registered by {day(gathered.cut)}."
    sites = dict.fromkeys(
        site.name for site in gathered.protocol.design.sites if any(one.site == site.id for one in gathered.registered)
    )
    where = listed([*sites]) if len(sites) <= 3 else f"{len(sites)} sites"
    mark = f"{SIMULATED} " if gathered.simulated else ""
    when = f"from {day(days[0])} to {day(days[-1])}"
    return f"{mark}Participants were registered {when} at {where}. Data cut-off: {day(gathered.cut)}."


def _before(gathered: Gathered) -> str:
    """What happened between coming to screening and being put into a group."""
    failed = sum(one.failed is not None and not one.registered for one in gathered.people)
    open_ = sum(one.failed is None and not one.registered for one in gathered.people)
    told = [f"{participants(len(gathered.people))} screened, {failed} not eligible or not registered"]
    told += [f"{open_} in screening at the data cut-off"] if open_ else []
    unplaced = not_in_an_arm(gathered)
    told += [f"{unplaced} registered and not assigned to an arm"] if unplaced else []
    return f"{'; '.join(told)}." if gathered.people else ""
