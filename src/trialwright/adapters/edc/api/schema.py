"""The API: its operations, its errors as problem documents, its description in OpenAPI with no page of others.

Operations stand in `reading` and `writing` on `ROUTER`; `described` is the document that `openapi.json` answers.
Read `API`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from ninja import NinjaAPI, Router, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from trialwright import __version__
from trialwright.adapters.edc.api.problems import CONTENT_TYPE, problem, refused_by_ledger
from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.adapters.exchange.incoming import read_json
from trialwright.core.terms import Finding
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import LedgerError

PREFIX = "api/v1/"
ROUTER = Router()
MOST_FINDINGS = 100
_binding = threading.Lock()


class FindingDocument(Schema):
    """One thing that is wrong or noteworthy, in words."""

    about: str
    says: str
    matters: str = ""
    do: str = ""
    clause: str | None = None
    severity: str = "error"
    where: str | None = None


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    findings: list[FindingDocument] | None = None
    differences: list[dict[str, Any]] | None = None


READS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 405, 422, 429, 503), Problem)
WRITES: dict[int, Any] = READS | dict.fromkeys((409, 413, 415, 507), Problem)


class Strict(Parser):
    """JSON as events are written: digits as typed, a key once, no numbers that lose what was typed."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body, or a ValueError."""
        found, faults = read_json(request.body)
        if faults:
            raise ValueError(faults[0].says)
        return cast("dict[str, Any]", json.loads(json.dumps(found, default=_no_decimal)))


def _no_decimal(value: Any) -> Any:
    raise ValueError(f"a number with a decimal point is written as text with its unit, not as {type(value).__name__}")


API = NinjaAPI(
    title="Trialwright",
    version=__version__,
    description="One clinical trial: what its pages show and save, for programs. Times are UTC; days are local.",
    docs_url=None,
    openapi_url=None,
    parser=Strict(),
    urls_namespace="api",
)


@API.exception_handler(LedgerError)
def _ledger(request: HttpRequest, wrong: Any) -> HttpResponse:
    from trialwright.adapters.edc.api.hiding import Hiding

    return refused_by_ledger(wrong, Hiding(request.desk).hides)  # type: ignore[attr-defined]


@API.exception_handler(HttpError)
def _http(request: HttpRequest, wrong: Any) -> HttpResponse:
    cause = wrong.__cause__
    if isinstance(cause, RequestDataTooBig):
        return problem(413)
    return problem(wrong.status_code, str(cause or wrong) if wrong.status_code == 400 else str(wrong))


@API.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, wrong: Any) -> HttpResponse:
    return problem(413)


@API.exception_handler(ValidationError)
def _invalid(request: HttpRequest, wrong: Any) -> HttpResponse:
    """What the description of the API does not allow, by its place; never the value itself."""
    found = [
        Finding(about="request", says=str(one.get("msg", "")), where="/".join(map(str, one.get("loc", ()))))
        for one in wrong.errors[:MOST_FINDINGS]
    ]
    return problem(422, findings=found)


@API.exception_handler(NotCanonical)
def _not_canonical(request: HttpRequest, wrong: Any) -> HttpResponse:
    return problem(422, findings=[Finding(about="event", says=str(wrong))])


@API.exception_handler(Http404)
def _not_there(request: HttpRequest, wrong: Any) -> HttpResponse:
    return problem(404)


@API.exception_handler(PermissionDenied)
def _not_allowed(request: HttpRequest, wrong: Any) -> HttpResponse:
    return problem(403)


def answer(document: Any, status: int = 200) -> HttpResponse:
    """A document as JSON: what the core answers in, as plain data."""
    text = json.dumps(as_data(document), ensure_ascii=False, allow_nan=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def as_form(told: Mapping[str, Any]) -> Any:
    """What was sent as JSON, as the form of the page that does the same."""
    form = QueryDict(mutable=True)
    form.update({name: str(value) for name, value in told.items()})
    return form


@cache
def described() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1): refusals are problem documents, a token or a session lets in."""
    bound()
    found: dict[str, Any] = json.loads(json.dumps(API.get_openapi_schema(path_prefix=f"/{PREFIX}")))
    for methods in found["paths"].values():
        for operation in methods.values():
            operation["security"] = [{"token": []}, {"session": []}]
            for status, told in operation["responses"].items():
                if int(status) >= 400 and "content" in told:
                    told["content"] = {CONTENT_TYPE: next(iter(told["content"].values()))}
    schemes = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token that a person made for a program."},
        "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "A signed-in browser."},
    }
    found["components"]["securitySchemes"] = schemes
    found["servers"] = [{"url": "/"}]
    return found


def bound() -> dict[str, Any]:
    """The operations by path, bound to the API once, whichever thread asks first."""
    with _binding:
        return _bound()


@cache
def _bound() -> dict[str, Any]:
    from trialwright.adapters.edc.api import exporting, overseeing, reading, writing  # noqa: F401  (their operations join)

    API.add_router("/{study}/", ROUTER)
    found: dict[str, Any] = {}
    for router in API._get_bound_routers():
        found |= {"/" + path.lstrip("/"): view for path, view in router.path_operations.items()}
    return found
