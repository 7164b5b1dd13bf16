"""Answers of core in sentences that a page leads with, in the reader's language; reasons stay as core says them.

Read `dose_says`, then `title_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trialwright.adapters.edc.look.writing import day, quantity, span
from trialwright.core.conduct import SubjectStatus
from trialwright.core.dosing import ContinuationDecision, DoseDecision
from trialwright.core.schedule import Visit
from trialwright.core.subject import in_words
from trialwright.core.terms import Verdict


def dose_says(said: DoseDecision) -> str:
    """The dose of a day in one line, without its reason."""
    told = {"course": said.course, "next": (said.course or 0) + 1, "drug": said.drug, "since": day(said.since)}
    if said.action == "give":
        return _gives(said)
    if said.action == "rest":
        last = {"course": said.course, "day": said.day, "next": told["next"], "check": day(said.next_check)}
        return _("Day %(day)s of course %(course)s: rest, no dose. Course %(next)s not before %(check)s.") % last
    return {
        "hold": _("%(drug)s is on hold since %(since)s."),
        "wait": _("No dose of %(drug)s for now: data are missing."),
        "stop": _("No further dose of %(drug)s."),
    }.get(said.action, _("No dose of %(drug)s.")) % told


def _gives(said: DoseDecision) -> str:
    how = (quantity(said.dose), *(_(part) for part in (said.route, said.frequency) if part))
    told = {"course": said.course, "dose": " ".join(how), "days": span(said.first_day, said.last_day)}
    if said.starts_course:
        return _("Course %(course)s can start: %(dose)s, %(days)s.") % told
    return _("Course %(course)s: %(dose)s, %(days)s.") % told


def continuation_says(said: ContinuationDecision) -> str:
    """Whether treatment goes on, and for how many courses."""
    words = _(said.action)
    if said.courses_left is None:
        return words
    left = ngettext("%(count)s more course", "%(count)s more courses", said.courses_left)
    return f"{words}, {left % {'count': said.courses_left}}"


def window_of(visit: Visit) -> str:
    """The window of a visit."""
    return span(visit.earliest, visit.latest)


KINDS: Mapping[str, object] = {
    "disposition": gettext_lazy("Where the patient stands"),
    "continuation": gettext_lazy("Whether treatment goes on"),
    "criterion": gettext_lazy("Criterion"),
    "dose": gettext_lazy("Dose of"),
    "supply": gettext_lazy("Supply of"),
    "account": gettext_lazy("Count of what was handed out of"),
    "intensity": gettext_lazy("Dose intensity of"),
    "visit": gettext_lazy("Visit"),
    "sample": gettext_lazy("Sample"),
    "specimen": gettext_lazy("Specimen"),
    "duty": gettext_lazy("Duty"),
    "undated": gettext_lazy("Visit without a date"),
    "grade": gettext_lazy("Grade of"),
    "response": gettext_lazy("Response"),
    "best": gettext_lazy("Best"),
    "clock": gettext_lazy("Report of a serious event"),
    "deviation": gettext_lazy("Deviation"),
    "untold": gettext_lazy("Deviation that cannot be told"),
    "whether": gettext_lazy("Whether"),
}
"""What an answer is about, by the first word of its name."""


def title_of(name: str, status: SubjectStatus) -> str:
    """The title of an answer, from the name it has in `SubjectStatus.grounds`."""
    kind, _space, which = name.partition(" ")
    find = TITLES.get(kind)
    words = find(status, which) if find else in_words(which, status.labels)
    return f"{KINDS.get(kind, kind)} {words}".strip()


def _criterion(status: SubjectStatus, which: str) -> str:
    return in_words(which, status.labels)


def _visit(status: SubjectStatus, which: str) -> str:
    found = (one.encounter.label for one in (*status.due, *status.coming) if one.key == which)
    return next(found, which)


def _sample(status: SubjectStatus, which: str) -> str:
    return next((one.specimen.label for one in status.samples if one.key == which), which)


def _specimen(status: SubjectStatus, which: str) -> str:
    found = (f"{one.label}: {_(one.to_do)}" for one in status.specimens if f"{one.key} {one.to_do}" == which)
    return next(found, which)


def _duty(status: SubjectStatus, which: str) -> str:
    return next((one.obligation.words for one in status.duties if one.obligation.id == which), which)


def _undated(status: SubjectStatus, which: str) -> str:
    return next((one.encounter.label for one in status.undated if one.key == which), which)


def _numbered(some: str) -> Callable[[SubjectStatus, str], str]:
    def find(status: SubjectStatus, which: str) -> str:
        there = getattr(status, some)
        return str(getattr(there[int(which)], "kind", "")) if which.isdigit() and int(which) < len(there) else which

    return find


def _response(status: SubjectStatus, which: str) -> str:
    there = status.assessments
    return day(there[int(which)].on) if which.isdigit() and int(which) < len(there) else which


def _clock(status: SubjectStatus, which: str) -> str:
    return next((one.term for one in status.clocks if one.id == which), which)


TITLES: Mapping[str, Callable[[SubjectStatus, str], str]] = {
    "criterion": _criterion,
    "visit": _visit,
    "sample": _sample,
    "specimen": _specimen,
    "duty": _duty,
    "undated": _undated,
    "deviation": _numbered("deviations"),
    "untold": _numbered("untold"),
    "response": _response,
    "clock": _clock,
}
"""How the rest of an answer's name reads."""


def promise_says(promised: Verdict, applies: Verdict) -> str:
    """Whether a duty was promised."""
    words = {
        Verdict.MET: _("promised"),
        Verdict.NOT_MET: _("NOT promised"),
        Verdict.UNKNOWN: _("no promise is recorded"),
    }[promised]
    return words if applies is Verdict.MET else f"{_('whether it applies is not known')}; {words}"
