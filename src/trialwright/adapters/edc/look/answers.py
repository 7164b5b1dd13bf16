"""What somebody reads where there is no page for them: not theirs, not there, not saved; and the list of their studies.

Each says what happened, whether anything was saved, and what to do. Nothing about a patient stands in any of them, and
what may not be seen reads the same as what does not exist. Read `calm_error`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop

from trialwright.adapters.edc.access.roles import Role, role_named
from trialwright.adapters.edc.desk import SERVED, OpenStudy
from trialwright.adapters.edc.look.menu import menu_of
from trialwright.adapters.edc.look.page import render
from trialwright.store.errors import (
    DiskFull,
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    NoLedger,
    NotAuthorised,
    OutcomeUnknown,
    Refused,
    StaleVersion,
    SubmissionConflict,
    Unreadable,
)

API = "/api/"
NOT_SAVED = gettext_noop("Nothing was saved.")
REFUSALS: tuple[tuple[type[LedgerError], str, str], ...] = (
    (
        DiskFull,
        gettext_noop("Nothing was saved: the server has no room left."),
        gettext_noop("Keep what you typed, tell whoever runs the server, and save again once there is room."),
    ),
    (
        LedgerBusy,
        gettext_noop("Nothing was saved: too many people are saving at this moment."),
        gettext_noop("Go back and save again; the same save is never written twice."),
    ),
    (
        OutcomeUnknown,
        gettext_noop("It is not known whether this was saved."),
        gettext_noop("Go back and save again with the same form: what was written already is not written twice."),
    ),
    (
        StaleVersion,
        gettext_noop("Nothing was saved: somebody else saved here since you opened the page."),
        gettext_noop("Open the page again, look at what changed, and enter yours."),
    ),
    (
        SubmissionConflict,
        gettext_noop("Nothing was saved: this form was sent before with other values."),
        gettext_noop("Open the page again; what was saved the first time stands there."),
    ),
    (
        NotAuthorised,
        gettext_noop("Nothing was saved: your role does not allow it any longer."),
        gettext_noop("Ask the administrator of the study."),
    ),
    (
        Refused,
        gettext_noop("Nothing was saved: the protocol or the record stands against it."),
        gettext_noop("What stands against it is said below, each with what to do."),
    ),
    *(
        (
            kind,
            gettext_noop("The ledger of this study cannot be read: it is damaged, or gone from its place."),
            gettext_noop(
                "Tell whoever runs the server at once: it is looked at with trialwright ledger verify, and put back "
                "from a backup. Nothing was saved, and nothing is until then."
            ),
        )
        for kind in (LedgerDamaged, Unreadable, NoLedger)
    ),
    (
        LedgerError,
        gettext_noop("Nothing was saved: the ledger could not be written."),
        gettext_noop("Tell whoever runs the server. What was saved before is not touched."),
    ),
)
"""What a refusal of the ledger means for the person, the first that fits."""


def calm_error(request: HttpRequest, status: int, wrong: LedgerError) -> HttpResponse:
    """What the ledger refused, in plain words, with what to do; findings one by one."""
    _, says, do = next(row for row in REFUSALS if isinstance(wrong, row[0]))
    found = getattr(wrong, "findings", ())
    title = gettext("This cannot be shown now") if request.method in ("GET", "HEAD") else gettext("Not saved")
    return _answer(request, status, title, gettext(says), gettext(do), found=found, back=_back(request))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What came could not be read as a request of this application."""
    return _answer(
        request,
        400,
        gettext("This could not be read"),
        gettext("What the browser sent could not be read. Nothing was saved."),
        gettext("Go back and try again; if it happens again, tell whoever runs the server."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Somebody's role does not open the page."""
    return _answer(
        request,
        403,
        gettext("Not in your role"),
        gettext("Your role in this study does not open this page. Nothing was saved."),
        gettext("If it should, ask the administrator of the study."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without the mark of the page it belongs to: most often after a new sign-in in another window."""
    return _answer(
        request,
        403,
        gettext("This form is no longer valid"),
        gettext("The form was opened before you signed in again, or cookies are switched off. Nothing was saved."),
        gettext("Go back, load the page again and send it once more."),
        back=_back(request),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page, or none that this person may see."""
    return _answer(
        request,
        404,
        gettext("Nothing here"),
        gettext("There is nothing here that you may see."),
        gettext("Check the address, or start again from your studies."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """The program failed; it says so and nothing of what it was doing."""
    return _answer(
        request,
        500,
        gettext("The program failed"),
        gettext("Something went wrong in the program. A save that was confirmed is safe; this one was not confirmed."),
        gettext("Go back and try once more; if it happens again, tell whoever runs the server what you did and when."),
    )


def _answer(request: HttpRequest, status: int, title: str, says: str, do: str, **more: object) -> HttpResponse:
    """The same page for everybody: not even the address that was asked for stands in it; to a program, a document."""
    if request.path.startswith(API):
        document = {"type": "about:blank", "title": title, "status": status, "detail": says}
        return JsonResponse(document, status=status, content_type="application/problem+json")
    told = {"title": title, "says": says, "do": do, "here": "/", **more}
    return render(request, None, "edc/error.html", told, status)


def _back(request: HttpRequest) -> str:
    """The page the form was on."""
    return request.path if request.method == "POST" else "/"


def home(request: HttpRequest) -> HttpResponse:
    """The studies a person works in; one alone is opened at once."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    own = [(opened, roles) for opened in SERVED.values() if (roles := roles_in(opened, request))]
    if len(own) == 1 and (first := first_page(*own[0])):
        return redirect(first)
    studies = [
        {
            "id": opened.study_id,
            "title": opened.trial.versions[opened.trial.latest].title,
            "roles": [gettext(role.value) for role in roles],
            "address": first_page(opened, roles),
            "simulated": opened.simulated,
        }
        for opened, roles in own
    ]
    return render(request, None, "edc/home.html", {"studies": studies, "simulated": any(o.simulated for o, _ in own)})


def roles_in(opened: OpenStudy, request: HttpRequest) -> tuple[Role, ...]:
    """The roles that whoever asks holds in a study, in the order of the table of roles."""
    opened.catch_up()
    held = {role_named(grant.role) for grant in opened.roster.grants(request.user.person, opened.today)}  # type: ignore[union-attr]
    return tuple(role for role in Role if role in held)


def first_page(opened: OpenStudy, roles: tuple[Role, ...]) -> str:
    """The first page of a person's menu; nothing where no page of the menu is theirs."""
    return next(
        (entry.address for heading in menu_of(opened.id, opened.trial, roles, "") for entry in heading.entries), ""
    )
