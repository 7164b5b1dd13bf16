"""Whatever is sent to the API, its answer is one that it declares, and never an error of the program.

Requests are made from the API's own description, right and wrong ones, with schemathesis. `make test` sends some
hundreds; `make api` sends TRIALWRIGHT_API_REQUESTS (20,000 where nobody says) and counts them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import schemathesis
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from adapters.edc.api.test_api import Program, form, treated
from trialwright.core.ledger import KINDS

REQUESTS = int(os.environ.get("TRIALWRIGHT_API_REQUESTS", "300"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def app(running: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    monkeypatch.setenv("TRIALWRIGHT_API_RATE", "1000000000")
    connections["default"].close()
    return get_wsgi_application()


@pytest.fixture
def description(running: Any, app: Any) -> Any:
    """The API's description, to make requests of; right ones name subjects that are there."""
    from trialwright.adapters.edc.api.schema import described

    found = schemathesis.openapi.from_dict(json.loads(json.dumps(described())))
    found.app = app
    return found


def each(examples: int) -> settings:
    return settings(
        max_examples=max(1, examples),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )


def operations(description: Any) -> list[Any]:
    return [one.ok() for one in description.get_all_operations()]


def sends(operation: Any, mode: Any, fixed: Any, headers: Any, examples: int, judge: Any) -> Any:
    """Requests of one operation, each with its answer to `judge`."""

    @given(data=st.data(), ids=fixed, told=headers)
    @each(examples)
    def send(data: Any, ids: dict[str, str], told: dict[str, str]) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode, path_parameters=ids))
        case.headers = {**(case.headers or {}), **told}
        judge(case, case.call())

    return send


def ids_of(operation: Any, opened: Any) -> dict[str, str]:
    """What the path of an operation names, where it is there."""
    ids = {"study": opened.id, "subject": treated(opened), "source": "laboratory", "encounter": "screening"}
    return {name: value for name, value in ids.items() if f"{{{name}}}" in operation.path}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_no_request_meets_an_error_of_the_program(running, description, mode) -> None:
    site = running.record.subjects[treated(running)].site
    people = st.sampled_from([Program(running, "investigator", site).who, Program(running, "data manager").who])
    found, sent = operations(description), Counter[int]()

    def judge(case: Any, answer: Any) -> None:
        sent[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    for operation in found:
        known = ids_of(operation, running)
        fixed = st.sampled_from([known, {"study": running.id}])
        sends(operation, mode, fixed, people, REQUESTS // (3 * len(found)), judge)()
    print(f"{mode.value}: {dict(sent)}")
    assert sent.total() >= len(found)


def is_an_address(url: str) -> bool:
    try:
        resolve(unquote(urlsplit(url).path))
    except Resolver404:
        return False
    return True


def test_nobody_comes_in_without_a_good_token(running, description) -> None:
    subject = treated(running)
    tokens = st.sampled_from(["", "Bearer ", "Bearer tw_x", "Basic eA==", "Bearer \u00e9"])
    headers = tokens.map(lambda one: {"Authorization": one} if one else {})

    def judge(case: Any, answer: Any) -> None:
        allowed = (401, 403) if case.method == "POST" else (401,)  # without a CSRF token a form is stopped before
        # a slash within an id makes another address, of which there is none
        assert answer.status_code in allowed or (answer.status_code == 404 and not is_an_address(answer.request.url))
        assert subject.encode() not in answer.content

    for operation in operations(description):
        fixed = st.just(ids_of(operation, running))
        sends(operation, GenerationMode.POSITIVE, fixed, headers, max(2, REQUESTS // 500), judge)()


WORDS = st.sampled_from(
    ["", "1", "x", "2005-11-14", "2005-02-30", "anc/a/value", "study", "\u0000", "\ud800", "=1+1", "é"]
)
VALUES = st.recursive(
    WORDS | st.integers(-(10**20), 10**20) | st.booleans() | st.none()
    | st.fixed_dictionaries({"v": WORDS | st.just("1.7"), "u": st.sampled_from(["10*9/L", "furlong", ""])})
    | st.fixed_dictionaries({"missing": WORDS | st.just("not_done")}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = st.sampled_from(
    "subject site occurred time zone offset reason protocol form encounter items why version scope said drug course "
    "dose days capsules item asks answer meaning what degree rescreens to substudy arm status analyte low high".split()
)


def test_no_event_however_odd_meets_an_error_of_the_program(running, app, monkeypatch) -> None:
    subject = treated(running)
    site = running.record.subjects[subject].site
    senders = [Program(running, "coordinator", site), Program(running, "data manager")]
    kinds = st.sampled_from(sorted(KINDS)) | WORDS
    items = st.lists(st.fixed_dictionaries({"path": WORDS, "new": VALUES}), max_size=3)
    seen: Counter[int] = Counter()

    @given(
        kind=kinds, told=st.dictionaries(FIELDS, VALUES, max_size=8), items=items, sender=st.sampled_from(senders),
        real=st.booleans(), tried=st.booleans(),
        key=st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1),
    )  # fmt: skip
    @each(REQUESTS // 3)
    def send(kind, told, items, sender, real, tried, key) -> None:
        event = {"items": items, **told, "event": kind}
        if real:
            few = dict([*told.items()][: len(told) // 4])
            event = {**form(subject), **few}
        body = json.dumps({"events": [event]})
        answer = sender.post("events/check/" if tried else "events/", body, key[:100])
        seen[answer.status_code] += 1
        assert answer.status_code in (200, 400, 403, 404, 409, 422), (event, answer.content)
        json.loads(answer.content)

    send()
    print(f"events: {dict(seen)}")
    assert seen[200] + seen[422] > 0
    assert senders[1].post("ledger/verify/", {}).json()["ok"] is True
