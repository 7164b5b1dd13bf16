"""What is signed is shown whole, on as many pages as it takes; where there is nothing to sign no page offers it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import count, takewhile
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from adapters.edc.look.test_pages_stay_small import MOST, grown
from trialwright.core.ledger import FormSubmitted
from trialwright.core.oversight import content_of
from trialwright.core.subject import advance

LINE = re.compile(r'<tr><th scope="row"')


def text_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.content) < MOST
    return str(answer.content.decode())


def digest(page: str) -> str:
    found = re.search(r'name="content" value="([0-9a-f]{64})"', page)
    return found[1] if found else ""


def next_page(page: str) -> str:
    found = re.search(r'<a href="([^"]+)" rel="next"', page)
    return unescape(found[1]) if found else ""


@pytest.fixture
def subject(running: Any) -> str:
    return next(name for name, one in running.record.subjects.items() if one.registered)


@pytest.fixture
def investigator(running: Any, subject: str) -> Any:
    """Signed in where far more is recorded of the patient than one page shows."""
    client = signed_in("investigator", running.record.subjects[subject].site)
    running.record = replace(running.record, subjects={**running.record.subjects, subject: grown(running, subject)})
    return client


def test_every_line_of_what_is_signed_is_on_one_of_its_pages_and_each_signs_the_whole(
    running: Any, subject: str, investigator: Any
) -> None:
    at = f"/{running.id}/subjects/{subject}/sign/"
    record = running.record.subjects[subject]
    whole = content_of(running.trial, running.record, record, "subject", running.today)
    pages = [text_of(investigator, at)]
    for _ in takewhile(lambda _: next_page(pages[-1]), count()):
        pages.append(text_of(investigator, at + next_page(pages[-1])))
    assert len(pages) > 3
    assert sum(len(LINE.findall(page)) for page in pages) == len(json.loads(whole.text)["rows"])
    assert {digest(page) for page in pages} == {whole.sha256}
    assert all("a signature is of all" in page for page in pages)


def test_a_later_page_of_what_was_changed_meanwhile_says_so_and_takes_no_signature(
    running: Any, subject: str, investigator: Any
) -> None:
    at = f"/{running.id}/subjects/{subject}/sign/"
    second = at + next_page(text_of(investigator, at))
    assert digest(text_of(investigator, second))
    record = running.record.subjects[subject]
    event = next(one for one in record.log if isinstance(one, FormSubmitted) and one.items)
    items = tuple(replace(one, path=re.sub("/[^/]+/", "/9999/", one.path)) for one in event.items)
    later = replace(event, id="meanwhile", seq=event.seq + 1000, items=items)
    subjects = {**running.record.subjects, subject: advance(record, later)}
    running.record = replace(running.record, subjects=subjects)
    page = text_of(investigator, second)
    assert "Something of this was changed since you began to read it." in page
    assert not digest(page)
    assert digest(text_of(investigator, at))


@pytest.mark.parametrize("which", [0, 1], ids=["the first study", "the second study"])
def test_a_visit_of_which_nothing_is_recorded_offers_no_signature_and_its_address_says_so(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int
) -> None:
    study = serve(studies[which])
    subject = next(name for name, one in study.record.subjects.items() if one.registered)
    client = signed_in("investigator", study.record.subjects[subject].site)
    of = f"/{study.id}/subjects/{subject}"
    forms = set(re.findall(rf'href="{of}/forms/([^/"?]+)/', text_of(client, f"{of}/forms/")))
    offered = {form for form in forms if "/sign/?what=" in text_of(client, f"{of}/forms/{form}/")}
    told = {form: text_of(client, f"{of}/sign/?what={form}") for form in forms}
    nothing = {form for form, page in told.items() if "Nothing is recorded under this name." in page}
    assert nothing
    assert offered == forms - nothing
    assert {form for form, page in told.items() if digest(page)} == offered
    assert client.get(f"{of}/sign/?what=no_such_visit").status_code == 404
