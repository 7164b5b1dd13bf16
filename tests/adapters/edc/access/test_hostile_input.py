"""Text and files that would be a program are text or refused: in every field, address, filter, upload and table.

`hostile_words` holds the corpora. The everyday run takes some of each, always the same ones; all with
`TRIALWRIGHT_HOSTILE=whole`. What a browser would run of the answers is read from their tags here, and tried in Chromium
by `tests/browser/test_hostile_text.py`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import trialwright
from hostile_words import CLIMBS, FILES, INJECTIONS, MARK, SCRIPTS, STARTERS, Sending, forms_of, run_by
from matrix_cells import AT_A_SITE, address
from trialwright.core.ledger import Change, FormSubmitted, QueryOpened

WHOLE = os.environ.get("TRIALWRIGHT_HOSTILE") == "whole"
SECONDS, BYTES = 2.0, 100_000_000
"""What one file may cost."""
ASKED = re.compile(r"""request\.GET\.get(?:list)?\(\s*"(\w+)\"""")
SECRETS = ("root:x:0:0", "SQLite format 3", "PATH=")
LEFT_ALONE = frozenset({"session-end", "account"})


def some(of: Sequence[Any], few: int) -> Sequence[Any]:
    """All of them, or every so-manieth."""
    return of if WHOLE else of[:: max(1, len(of) // few)][:few]


class Trying:
    """A study served, with a patient, and somebody of each role."""

    def __init__(self, opened: Any) -> None:
        from trialwright.adapters.edc.access.matrix import pages

        self.opened, self.pages = opened, [one for one in pages() if not one.api]
        held = opened.record.subjects
        self.subject = max((one for one in held if held[one].registered), key=lambda one: held[one].events)
        self.site = held[self.subject].site
        self.clients: dict[str, Any] = {}

    def client(self, role: str) -> Any:
        from adapters.edc.conftest import signed_in

        if role not in self.clients:
            self.clients[role] = signed_in(role, self.site if role in AT_A_SITE else None)
        return self.clients[role]

    def at(self, page: Any) -> str:
        ids = {"subject": self.subject, "site": self.site, "version": self.opened.trial.latest, "source": "laboratory"}
        return address(page, self.opened.id, **ids, encounter="unscheduled.1", concept="weight")

    def reading(self) -> Iterator[tuple[Any, Any, str]]:
        """Every page with who reads it first."""
        for page in (one for one in self.pages if one.read):
            yield page, self.client(page.read[0].value), self.at(page)

    def writing(self) -> Iterator[tuple[Any, Any, str, Sending]]:
        """Every form of every page that somebody sends."""
        for page in (one for one in self.pages if one.write and one.name not in LEFT_ALONE):
            client, at = self.client(page.write[0].value), self.at(page)
            answer = client.get(at)
            if "text/html" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
                for form in forms_of(answer.content.decode()):
                    yield page, client, form.action or at, form

    def events(self) -> int:
        self.opened.catch_up()
        return int(self.opened.record.last_seq)


@pytest.fixture
def trying(running: Any) -> Trying:
    return Trying(running)


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8", "replace")


def wrong_in(answer: Any) -> list[str]:
    """What an answer would run, or tells of what is none of the asker's."""
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    text = text_of(answer)
    html = "text/html" in answer.headers.get("Content-Type", "")
    lines = "".join(f"{name}: {value}" for name, value in answer.headers.items())
    split = ["a header is split"] if "\n" in lines or "\r" in lines else []
    return [*(run_by(text) if html else ()), *(f"tells {one}" for one in SECRETS if one in text), *split]


# --- text -------------------------------------------------------------------------------------------------------------


def test_no_text_in_any_field_of_any_page_is_ever_a_tag(trying: Trying) -> None:
    wrong, fields = [], 0
    for page, client, at, form in trying.writing():
        fields += len(form.texts)
        for script in some(SCRIPTS, 2) if form.texts else ():
            answer = client.post(at, form.filled(script) | {"key": str(uuid4())})
            wrong += [f"{page.name}: {one}" for one in wrong_in(answer)]
    for page, client, at in trying.reading():
        wrong += [f"{page.name} afterwards: {one}" for one in wrong_in(client.get(at))]
    assert sorted(set(wrong)) == []
    assert fields > 100, f"{fields} fields take text"


def test_what_would_be_a_tag_is_noticed() -> None:
    shown = [one for one in SCRIPTS if run_by(f'<p title="{one}">{one}</p>')]
    assert len(shown) >= 80
    assert not any(run_by(f"<p>{one.replace('<', '&lt;')}</p>") for one in SCRIPTS if "<" in one)


# --- addresses and filters --------------------------------------------------------------------------------------------


def parameters() -> list[str]:
    """Every name that a view takes from an address."""
    package = Path(trialwright.__file__).parent / "adapters" / "edc"
    return sorted({name for file in package.rglob("*.py") for name in ASKED.findall(file.read_text("utf-8"))})


@contextmanager
def asked_of_databases() -> Iterator[list[str]]:
    """Every statement that a database is given, without its values."""
    from django.db import connections

    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in list(connections):
            stack.enter_context(connections[alias].execute_wrapper(note))
        yield statements


def test_no_filter_page_or_sort_key_reaches_the_text_of_a_statement(trying: Trying) -> None:
    names, wrong, before = parameters(), [], trying.events()
    for page, client, at in trying.reading():
        for words in some(INJECTIONS, 1):
            with asked_of_databases() as statements:
                answer = client.get(at, dict.fromkeys((*names, "sort", "order", "order_by", "filter", "limit"), words))
            wrong += [f"{page.name}: {one}" for one in wrong_in(answer)]
            wrong += [f"{page.name} asks {one[:80]}" for one in statements if MARK in one or "DROP" in one]
    assert sorted(set(wrong)) == []
    assert {"page", "q", "site"} <= {*names} and trying.events() == before


def test_no_address_climbs_out_of_what_is_served(trying: Trying) -> None:
    wrong, client = [], trying.client("data manager")
    below = ("/static/", "/", f"/{trying.opened.id}/", f"/{trying.opened.id}/imports/", f"/{trying.opened.id}/reports/")
    for climb in some(CLIMBS, 8):
        for start in below:
            answer = client.get(start + climb)
            wrong += [f"{start}{climb}: {one}" for one in wrong_in(answer)]
            wrong += [f"{start}{climb}: {answer.status_code}"] if answer.status_code < 300 else []
    assert wrong == []


# --- files ------------------------------------------------------------------------------------------------------------


@contextmanager
def connections_made() -> Iterator[list[Any]]:
    """Where somebody asks the network meanwhile."""
    made: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", lambda _, to: made.append(to))
        patch.setattr(socket, "getaddrinfo", lambda *to, **_: made.append(to) or [])
        yield made


def test_a_hostile_file_is_refused_in_words_wherever_a_file_is_taken(trying: Trying) -> None:
    uploads = [one for one in trying.writing() if one[3].files]
    wrong, before = [], trying.events()
    for name in some([*FILES], 6):
        for page, client, at, form in uploads:
            typed = form.filled("") | {one: named(name) for one in form.files}
            begun = time.process_time()
            with connections_made() as made:
                answer = client.post(at, typed)
            took = time.process_time() - begun
            wrong += [f"{page.name} {name}: {one}" for one in (*wrong_in(answer), *made)]
            wrong += [f"{page.name} {name}: taken"] if answer.status_code not in (400, 413, 415, 422) else []
            wrong += [f"{page.name} {name}: {took:.1f} s"] if took > SECONDS else []
    assert wrong == []
    assert {page.name for page, *_ in uploads} >= {"import-upload"} and trying.events() == before


@pytest.mark.parametrize("name", [*some([one for one in FILES if not one.startswith("entity")], 3)])
def test_no_file_unfolds_in_memory(trying: Trying, name: str) -> None:
    (page, client, at, form), *_ = (one for one in trying.writing() if one[3].files)
    client.post(at, form.filled("") | {one: named("entity-0.xml") for one in form.files})
    tracemalloc.start()
    client.post(at, form.filled("") | {one: named(name) for one in form.files})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < BYTES, page.name


def named(name: str) -> io.BytesIO:
    """A file, under a name that climbs."""
    held = io.BytesIO(FILES[name])
    held.name = f"../../{name}.csv"
    return held


# --- tables -----------------------------------------------------------------------------------------------------------


def test_no_cell_of_any_file_that_leaves_begins_a_formula(trying: Trying) -> None:
    desk = desk_of(trying)
    for number, start in enumerate(STARTERS):
        path, words = f"comment/h{number}/value", f"{start}cmd|'{MARK}'!A0"
        desk.save(
            [desk.event(FormSubmitted, subject=trying.subject, form="remark", items=(Change(path, None, words),))],
            desk.new_key(),
        )
        asks = desk.event(QueryOpened, subject=trying.subject, item=path, asks=words, query=f"q{number}")
        desk.save([asks], desk.new_key())
    trying.opened.catch_up()
    tables, begins, marked = set(), [], 0
    for page, answer in handed_over(trying):
        if "csv" not in answer.headers.get("Content-Type", ""):
            continue
        tables.add(page.name)
        cells = [cell for row in csv.reader(io.StringIO(text_of(answer).lstrip("\ufeff"))) for cell in row]
        marked += sum(MARK in cell for cell in cells)
        begins += [f"{page.name}: {cell[:12]!r}" for cell in cells if MARK in cell and begins_a_formula(cell)]
    assert sorted(set(begins)) == []
    assert marked >= len(STARTERS), (marked, tables)


def begins_a_formula(cell: str) -> bool:
    bare = cell.lstrip(" \u00a0\ufeff\u200b\t\r\n")
    return cell[:1] in "\t\r" or bare[:1] in tuple("=+-@＝＋－＠")


def handed_over(trying: Trying) -> Iterator[tuple[Any, Any]]:
    """What every page hands over, asked for by its address and by its form."""
    for page, client, at in trying.reading():
        yield page, client.get(at)
    for page in (one for one in trying.pages if one.write and one.name not in LEFT_ALONE):
        sent = {"flavour": "spreadsheet", "key": str(uuid4())}
        yield page, trying.client(page.write[0].value).post(trying.at(page), sent)


def desk_of(trying: Trying) -> Any:
    from trialwright.adapters.edc.access.roles import COORDINATOR
    from trialwright.adapters.edc.desk.desk import unscoped

    roster = trying.opened.roster
    grants = ((who, one) for who in roster.persons for one in roster.grants(who, trying.opened.today))
    who, grant = next((who, one) for who, one in grants if (one.role, one.site) == ("coordinator", trying.site))
    return unscoped(trying.opened, who, [grant], COORDINATOR)
