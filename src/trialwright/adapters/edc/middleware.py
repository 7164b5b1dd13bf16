"""What every answer gets: never a traceback, never kept by a cache, and what the ledger refused said in plain words.

The page's own view says what a save was refused for; here is what no view expected.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.look.answers import bad_request, calm_error
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import (
    DiskFull,
    LedgerBusy,
    LedgerError,
    NotAuthorised,
    OutcomeUnknown,
    Refused,
    StaleVersion,
    SubmissionConflict,
)

STATUS: tuple[tuple[type[LedgerError], int], ...] = (
    (DiskFull, 507),
    (LedgerBusy, 503),
    (OutcomeUnknown, 503),
    (StaleVersion, 409),
    (SubmissionConflict, 409),
    (NotAuthorised, 403),
    (Refused, 422),
    (LedgerError, 503),
)
"""Which answer a refusal of the ledger is, the first that fits."""
LARGEST = 20 * 2**20
TOO_LARGE = f"At most {LARGEST // 2**20} MB are taken at once. Nothing was saved."
LOG = logging.getLogger("trialwright.edc")


class Calm:
    """The outermost of the application's own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, which no cache keeps unless it says so itself; what is too large is refused before it is read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST:
            return HttpResponse(status=413, content_type="text/plain", content=TOO_LARGE)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, wrong: Exception) -> HttpResponse | None:
        """A calm page for what the ledger refuses or cannot spell; the rest is Django's, which shows nothing of it."""
        if isinstance(wrong, NotCanonical | DataError):
            return bad_request(request)
        return refused(request, wrong) if isinstance(wrong, LedgerError) else None


def refused(request: HttpRequest, wrong: LedgerError) -> HttpResponse:
    """A calm page for what the ledger refuses; whoever asks it before there is a page answers with this themselves."""
    LOG.warning("%s at %s", type(wrong).__name__, request.resolver_match and request.resolver_match.view_name)
    return calm_error(request, status_of(wrong), wrong)


def status_of(wrong: LedgerError) -> int:
    """The status of the answer to a refusal."""
    return next(status for kind, status in STATUS if isinstance(wrong, kind))
