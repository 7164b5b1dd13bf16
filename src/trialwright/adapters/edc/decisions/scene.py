"""Of whom or what something is decided: the trial, the study as recorded, the day, the subject or none.

Everything asked here is answered by `core`; a scene only keeps what was answered once. Read `Scene`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.core.conduct import Trial, case_of
from trialwright.core.conduct.wanting import who_gives
from trialwright.core.dosing import Dispensing, DoseDecision, decide_dose, dispensing
from trialwright.core.eligibility import Eligibility, judge_eligibility
from trialwright.core.ledger import Event
from trialwright.core.protocol import Regimen, StudyProtocol
from trialwright.core.subject import Case, SiteRecord, StudyRecord, SubjectRecord, advance, in_words, labels_of


@dataclass(frozen=True)
class Scene:
    """A decision's place: `on` is the day it is of, `sites` those the person may act at, `site` the one chosen.

    `chosen` is what was chosen before the form was drawn, such as the drug.
    """

    trial: Trial
    study: StudyRecord
    on: date
    today: date
    subject: str = ""
    site: str = ""
    sites: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def record(self) -> SubjectRecord:
        """The subject's record."""
        return self.study.subjects[self.subject]

    @cached_property
    def here(self) -> str:
        """The site at which something is decided: the subject's on the day, else the one acted at."""
        return self.record.site_on(self.on) if self.subject else self.site or next(iter(self.sites), "")

    @cached_property
    def site_record(self) -> SiteRecord:
        """What belongs to that site."""
        return self.study.sites.get(self.here, SiteRecord(self.here))

    @cached_property
    def in_force(self) -> str:
        """The version in force at the site on the day; empty where none is."""
        return self.site_record.version_in_force(self.on) or ""

    @cached_property
    def case(self) -> Case:
        """The subject as judged on the day."""
        return case_of(self.trial, self.study, self.subject, self.on)

    @cached_property
    def protocol(self) -> StudyProtocol:
        """The version that holds for the subject, else the one in force at the site, else the last."""
        if self.subject:
            return self.case.protocol
        return self.trial.versions[self.in_force or self.trial.latest]

    @cached_property
    def eligibility(self) -> Eligibility:
        """Every criterion of the subject on the day."""
        return judge_eligibility(self.case, self.on)

    @cached_property
    def regimens(self) -> tuple[Regimen, ...]:
        """The drugs of the subject's arm."""
        return self.protocol.regimens_of(self.record.arm)

    @cached_property
    def arm(self) -> str:
        """The arm as the protocol calls it; empty until the subject is allocated to one of several."""
        mine = self.protocol.arm_of(self.record.arm)
        return next((one.label for one in self.protocol.arms if one.id == mine), mine or "")

    @cached_property
    def unallocated(self) -> bool:
        """Whether which drugs are given hangs on an arm that is not allocated yet."""
        return self.protocol.arm_of(self.record.arm) is None and any(one.arms for one in self.protocol.regimen)

    @cached_property
    def regimen(self) -> Regimen | None:
        """The drug that was chosen, else the first; None where the arm has none."""
        named = self.chosen.get("drug")
        return next((one for one in self.regimens if named in (None, "", one.drug)), None)

    @cached_property
    def dose(self) -> DoseDecision | None:
        """What to do about that drug on the day."""
        return decide_dose(self.case, self.regimen, self.on) if self.regimen else None

    @cached_property
    def supply(self) -> Dispensing | None:
        """What to hand out of it."""
        return dispensing(self.case, self.regimen, self.on) if self.regimen else None

    def with_event(self, event: Event) -> Scene:
        """The same place once the event were recorded: what a registration is judged by has its planned first dose."""
        record = advance(self.record, event)
        subjects = {**self.study.subjects, record.subject: record}
        return replace(self, study=replace(self.study, subjects=subjects))

    def choosing(self, name: str, value: str) -> Scene:
        """The same place with something else chosen; what is known of the subject is not asked again."""
        other = replace(self, chosen={**self.chosen, name: value})
        kept = ("case", "record", "eligibility")
        other.__dict__.update({each: self.__dict__[each] for each in kept if each in self.__dict__})
        return other

    def words(self, item: str) -> str:
        """A missing datum as a person reads it."""
        return in_words(item, self._labels)

    def giver(self, item: str) -> str:
        """Who can supply a missing datum."""
        return who_gives(self.case, item)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return labels_of(self.case)


def sites_of(desk: Desk, roles: Iterable[Role]) -> tuple[str, ...]:
    """The sites at which the person holds one of some roles: where they may act, which may be fewer than they see."""
    wanted = {role.value for role in roles}
    own = [grant for grant in desk.grants if grant.role in wanted]
    everywhere = any(grant.site is None for grant in own)
    return desk.open.site_ids if everywhere else tuple(dict.fromkeys(grant.site for grant in own if grant.site))
