"""Participant flow: the groups, and through which periods, milestones and reasons they went. Read `ParticipantFlow`."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.choices import DropReason, MilestoneType
from trialwright.adapters.exchange.ctgov.results.measures import Group
from trialwright.adapters.exchange.ctgov.results.values import Posted, Words


@dataclass(frozen=True)
class FlowCount:
    """How many participants of one group, and units (eyes, lesions) where these are counted too."""

    group_id: str = ""
    comment: str = ""
    num_subjects: Posted | None = None
    num_units: Posted | None = None


@dataclass(frozen=True)
class Milestone:
    """A point that participants reach: started, completed, not completed, or one of the sponsor's."""

    type: Words[MilestoneType] | None = None
    comment: str = ""
    achievements: tuple[FlowCount, ...] = ()


@dataclass(frozen=True)
class DropWithdraw:
    """A reason for not completing."""

    type: Words[DropReason] | None = None
    comment: str = ""
    reasons: tuple[FlowCount, ...] = ()


@dataclass(frozen=True)
class Period:
    """A stretch of the study that participants start and complete, or do not."""

    title: str = ""
    milestones: tuple[Milestone, ...] = ()
    drop_withdraws: tuple[DropWithdraw, ...] = ()

    def count(self, kind: MilestoneType, group: str) -> Posted | None:
        """How many of a group reached one of the milestones that every period has."""
        found = (one for one in self.milestones if one.type and one.type.known is kind)
        return next((each.num_subjects for one in found for each in one.achievements if each.group_id == group), None)


@dataclass(frozen=True)
class ParticipantFlow:
    """The whole flow."""

    pre_assignment_details: str = ""
    recruitment_details: str = ""
    type_units_analyzed: str = ""
    groups: tuple[Group, ...] = ()
    periods: tuple[Period, ...] = ()
