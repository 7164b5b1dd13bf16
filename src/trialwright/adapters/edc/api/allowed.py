"""Which kind of event is whose to write: the roles of the page that makes it, held where its subject or site is.

Nothing is granted here that the pages do not grant. A kind that needs more than a role (a signature its two components,
an export its file) has an operation of its own and is not submitted. Read `BY_PAGE`, then `acting_for`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.oversight.pages import ANSWERING, ASKING, FREEZING, LOCKING
from trialwright.core import ledger
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, Locked
from trialwright.core.people import Grant

BY_PAGE: Mapping[type[Event], tuple[str, ...]] = {
    ledger.SubjectScreened: ("decide-screen",),
    ledger.ConsentGiven: ("decide-consent",),
    ledger.ConsentWithdrawn: ("decide-withdraw-consent",),
    ledger.ScreeningFailed: ("decide-fail-screening",),
    ledger.SubjectRegistered: ("decide-register",),
    ledger.ArmAllocated: ("decide-allocate",),
    ledger.SubstudyJoined: ("decide-join",),
    ledger.SubjectMoved: ("decide-move",),
    ledger.SubjectTransferred: ("decide-transfer",),
    ledger.CourseStarted: ("decide-start-course",),
    ledger.DoseReleased: ("decide-release",),
    ledger.TreatmentEnded: ("decide-end-treatment",),
    ledger.StudyLeft: ("decide-leave",),
    ledger.SubjectFound: ("decide-found",),
    ledger.EventVoided: ("decide-void", "decide-void-study"),
    ledger.ProtocolActivated: ("decide-activate",),
    ledger.ReferenceRangeSet: ("ranges",),
    ledger.ApprovalEnded: ("decide-end-approval",),
    ledger.AccrualSuspended: ("decide-suspend",),
    ledger.AccrualResumed: ("decide-resume",),
    ledger.StudyStatusDeclared: ("decide-declare",),
    ledger.FormSubmitted: ("form", "record"),
    ledger.FormCorrected: ("correct",),
    ledger.SourceVerified: ("verify-subject",),
    ledger.TermCoded: ("coding",),
    ledger.TrainingRecorded: ("delegation",),
    ledger.AuditReviewed: ("audit",),
}
"""The pages that make each kind of event; their writers are those who may submit it."""
BY_ROLE: Mapping[type[Event], tuple[Role, ...]] = {
    ledger.QueryOpened: ASKING,
    ledger.QueryAnswered: ANSWERING,
    ledger.QueryClosed: ASKING,
    ledger.UnlockRequested: LOCKING,
    ledger.Unlocked: FREEZING,
}
"""Kinds of which a page makes several, each for other roles."""
BY_CONCEPT: Mapping[str, str] = {
    "custody": "specimen-step",
    "drug_return": "capsules-of",
    "safety_report": "serious-event",
}
"""Forms of one concept that others than the site's clinicians fill in, with the page that does."""
NOT_SUBMITTED: Mapping[type[Event], str] = {
    ledger.StudyOpened: "is told when the study is opened, before anybody is signed in",
    ledger.Signed: "is signed by its own operation, which asks for both components again",
    ledger.DataExported: "is told by the export itself",
    ledger.DataImported: "is told by the import itself",
    ledger.DictionaryLoaded: "is told by loading the dictionary on its page",
    ledger.RoleGranted: "is given on the page of people, by a person",
    ledger.RoleEnded: "is ended on the page of people, by a person",
    ledger.PayloadRedacted: "is written by trialwright ledger redact",
}
"""Kinds that no submission holds, and why."""
OF_ALL_SITES = (Locked, ledger.Unlocked, ledger.UnlockRequested)
"""Kinds that, where they name neither subject nor site, are of the whole study: for those who hold the role for all."""


def writers_of(event: Event) -> tuple[Role, ...]:
    """The roles that may write an event, in the order in which a person who holds several acts."""
    if isinstance(event, Locked):
        return FREEZING if event.degree == "freeze" else LOCKING
    if type(event) in BY_ROLE:
        return BY_ROLE[type(event)]
    if isinstance(event, FormSubmitted | FormCorrected) and event.items:
        concepts = {item.path.partition("/")[0] for item in event.items}
        if len(concepts) == 1 and (page := BY_CONCEPT.get(next(iter(concepts)))):
            return tuple(dict.fromkeys((*page_named("form").write, *page_named(page).write)))
    pages = (page_named(name) for name in BY_PAGE.get(type(event), ()))
    return tuple(dict.fromkeys(role for page in pages for role in page.write))


def acting_for(desk: Desk, event: Event) -> tuple[Role, Grant]:
    """The role in which the person writes an event, and the grant it stands on.

    Http404 for a subject or site out of sight; PermissionDenied where no role of theirs writes such an event there.
    """
    grants = [grant for grant in desk.all_grants if _reaches(desk, grant, event)]
    if not grants or (event.subject and not desk.sees(event.subject) and not _is_new(event)):
        raise Http404(event.subject)
    limits = getattr(desk.request, "only_roles", None)
    for role in writers_of(event):
        if event.role and event.role != role.value:
            continue
        found = next((one for one in grants if one.role == role.value and (limits is None or one.role in limits)), None)
        if found is not None:
            return role, found
    raise PermissionDenied(type(event).__name__)


def _is_new(event: Event) -> bool:
    return isinstance(event, ledger.SubjectScreened)


def _reaches(desk: Desk, grant: Grant, event: Event) -> bool:
    """Whether a role, held at a site or for all, reaches what the event is of."""
    record = desk.open.record.subjects.get(event.subject or "")
    site = record.site if record is not None else event.site
    if event.site and (event.site not in desk.open.site_ids or grant.site not in (None, event.site)):
        return False
    if event.subject is None and site is None and isinstance(event, OF_ALL_SITES):
        return grant.site is None
    return grant.site is None or site is None or grant.site == site
