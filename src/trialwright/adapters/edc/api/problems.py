"""A refusal as a problem document (RFC 9457): what, why, the findings by field, and both sides of a stale save.

Read `problem`; `HANDLERS` are the refusals of the ledger with their status.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse

from trialwright.adapters.edc.middleware import status_of
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.core.ledger import to_json
from trialwright.core.terms import Finding
from trialwright.store.errors import Difference, LedgerError

CONTENT_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "The request could not be read.",
    401: "Not signed in.",
    403: "Your roles do not allow this.",
    404: "There is nothing here that you may see.",
    405: "The address does not answer to this method.",
    409: "Nothing was saved: what is recorded has changed, or the key was used before.",
    413: "The request is too large.",
    415: "The request is of a type that is not read.",
    422: "Nothing was saved: something is wrong with what was sent.",
    429: "Too many requests; wait a minute.",
    503: "Nothing was saved: the ledger cannot be written now. Send the same again.",
    507: "Nothing was saved: the server has no room left.",
}
"""What each status means here; none of them names anybody's data."""


def problem(
    status: int, detail: str = "", findings: Iterable[Finding] = (), differences: Iterable[Difference] = ()
) -> HttpResponse:
    """The answer to a request that was refused."""
    document: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Refused."), "status": status}
    if detail:
        document["detail"] = detail
    if found := [as_data(one) for one in findings]:
        document["findings"] = found
    if changed := [_difference(one) for one in differences]:
        document["differences"] = changed
    answer = JsonResponse(document, status=status, content_type=CONTENT_TYPE)
    if status == 429:
        answer["Retry-After"] = "60"
    return answer


def _difference(one: Difference) -> dict[str, Any]:
    sides = {name: _side(getattr(one, name)) for name in ("base", "theirs", "mine")}
    return {"path": one.path, **sides, "changed_by": one.changed_by, "clashes": one.clashes}


def _side(value: Any) -> Any:
    return value if isinstance(value, dict | list) else as_data(to_json(value))


def refused_by_ledger(wrong: LedgerError, hide: Any = None) -> HttpResponse:
    """What the ledger refused, with its findings or differences; its own words name no subject's data."""
    differences = getattr(wrong, "differences", ())
    shown = [one for one in differences if hide is None or not hide(one.path)]
    return problem(status_of(wrong), str(wrong), getattr(wrong, "findings", ()), shown)
