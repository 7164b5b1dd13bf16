"""What can be done next for a subject: the first step is the page's one action, the rest stand beside it.

Whether a step is offered follows from the status alone; whether it is taken is decided on its own page, by the rules of
core. Read `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.having import has
from trialwright.adapters.edc.work.errands import called
from trialwright.adapters.edc.work.links import may_act, to
from trialwright.core.conduct import SubjectStatus
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Verdict

FORM = "form"


@dataclass(frozen=True)
class Step:
    """One thing to do: its words and the page where it is done."""

    label: str
    address: str
    name: str


def steps(desk: Desk, status: SubjectStatus) -> tuple[Step, ...]:
    """What this person can do next, the most urgent first."""
    wanted = [(name, label) for when, name, label in offered(desk) if when(status)]
    found = (_form(desk, status) if name == FORM else _step(desk, status, name, label) for name, label in wanted)
    return tuple(one for one in found if one.address)


def _step(desk: Desk, status: SubjectStatus, name: str, label: str) -> Step:
    return Step(_(label), to(desk, name, status.subject), name)


def _form(desk: Desk, status: SubjectStatus) -> Step:
    """The form of the visit that is open longest, for whoever fills it in."""
    visit = min(status.due, key=lambda one: (one.latest, one.due))
    label = _("Enter: %(visit)s") % {"visit": called(visit)}
    return Step(label, to(desk, FORM, status.subject, visit.key) if may_act(desk, FORM) else "", FORM)


def others(desk: Desk, status: SubjectStatus) -> tuple[tuple[str, str], ...]:
    """What others can decide next: its words, and the role that does."""
    told = [(when, name, label) for when, name, label in offered(desk) if name.startswith("decide-")]
    open_now = [(page_named(name), label) for when, name, label in told if when(status)]
    return tuple((_(label), page.write[0].value) for page, label in open_now if not desk.may(page, write=True))


def offered(desk: Desk) -> tuple[Offer, ...]:
    """The steps that there are in this study: no arm is allocated where there are not two, no dose where no drug is."""
    arms = any(len(one.arms) > 1 for one in desk.trial.versions.values())
    return tuple(one for one in STEPS if has(desk.trial, one[1]) and (arms or one[0] is not _not_allocated))


def _eligible(status: SubjectStatus) -> bool:
    entry = status.eligibility
    return status.disposition.epoch is Epoch.SCREENING and entry is not None and entry.verdict is Verdict.MET


def _in_screening(status: SubjectStatus) -> bool:
    return status.disposition.epoch is Epoch.SCREENING


def _to_end(status: SubjectStatus) -> bool:
    return bool(status.disposition.to_end)


def _not_allocated(status: SubjectStatus) -> bool:
    return _on_study(status) and status.disposition.off_treatment is None and status.arm is None


def _can_start(status: SubjectStatus) -> bool:
    return any(one.action == "give" and one.starts_course for one in status.doses.values())


def _can_release(status: SubjectStatus) -> bool:
    return any(one.allowed for one in status.supply.values())


def _visit_open(status: SubjectStatus) -> bool:
    return bool(status.due)


def _on_treatment(status: SubjectStatus) -> bool:
    return status.disposition.epoch is Epoch.TREATMENT


def _on_study(status: SubjectStatus) -> bool:
    return status.disposition.epoch in (Epoch.TREATMENT, Epoch.FOLLOW_UP)


def _always(status: SubjectStatus) -> bool:
    return True


Offer = tuple[Callable[[SubjectStatus], bool], str, str]
STEPS: tuple[Offer, ...] = (
    (_to_end, "decide-end-treatment", gettext_noop("End treatment")),
    (_eligible, "decide-register", gettext_noop("Register")),
    (_not_allocated, "decide-allocate", gettext_noop("Allocate the arm")),
    (_can_start, "decide-start-course", gettext_noop("Start the course")),
    (_can_release, "decide-release", gettext_noop("Release doses")),
    (_visit_open, FORM, ""),
    (_in_screening, "eligibility", gettext_noop("Eligibility checklist")),
    (_on_treatment, "dose", gettext_noop("Dose card")),
    (_on_study, "calendar", gettext_noop("Calendar")),
    (_always, "forms", gettext_noop("Forms")),
    (_always, "decisions", gettext_noop("Decisions")),
)
"""When a step is offered, its page, its words; the most urgent first. The form of a visit has words of its own."""
