"""What tells who a patient is stays where it was typed: eighteen kinds are typed everywhere, and looked for everywhere.

What is typed into a field that identifies is seen by the site's own people alone. Words that a site types about its
patient are data of the trial: whoever reads the subject's data sees them on the pages that show those data
(`WORDS_ARE_READ`), and nothing else holds them: no log, address, header, cookie, cache, checkpoint or calendar, no page
of another site, none of the administrator, none that is public. `TRIALWRIGHT_CANARIES=whole` takes fifty of each kind
and every role; the everyday run takes two and four roles.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from html import escape
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars
import pytest
from pypdf import PdfReader

from identifying_words import CANARIES, KINDS
from matrix_cells import AT_A_SITE, CENTRAL, address
from trialwright.core.ledger import Change, FormCorrected, FormSubmitted, QueryAnswered, QueryClosed, QueryOpened

WHOLE = os.environ.get("TRIALWRIGHT_CANARIES") == "whole"
OF_EACH = 50 if WHOLE else 2
AWAY = CENTRAL if WHOLE else ("monitor", "data manager", "administrator")
PAGES = 200
"""So many pages of a list are read at most."""
WORDS = tuple(word for kind in KINDS for word in CANARIES[kind][:OF_EACH])
BIRTHS = tuple(date(1907, 1, 3) + timedelta(days=37 * number) for number in range(OF_EACH))
BORN, SAID = "birth_date/screening/value", "comment/birth_date.screening.value/value"
WORDS_ARE_READ = {
    "subject", "because", "forms", "form", "records", "record", "item", "correct", "query", "queries", "audit", "today",
    "verify-subject", "verification", "sign", "lock", "coding", "decide-void", "decisions", "subject-deviations",
    "deviations", "eligibility", "unscheduled", "api-form", "api-subject", "api-subject-events", "api-audit",
    "api-queries", "api-queries-of", "api-verification-of", "api-signatures", "api-status", "api-subjects",
    "api-item", "api-today", "api-terms-of",
}  # fmt: skip
"""Pages on which data of a subject are read, and with them the words that a site typed about it."""


class Typed:
    """A study in which the canaries were typed at one site, about one patient, wherever words or births are typed."""

    def __init__(self, opened: Any) -> None:
        self.opened = opened
        held = opened.record.subjects
        self.subject = max((one for one in held if held[one].registered), key=lambda one: held[one].events)
        self.site = held[self.subject].site
        self.other = next(one for one in opened.site_ids if one != self.site)
        self.desk = self._desk()
        self._births()
        for word in WORDS:
            self._words(word)
        opened.catch_up()

    def _desk(self) -> Any:
        from trialwright.adapters.edc.access.roles import COORDINATOR
        from trialwright.adapters.edc.desk.desk import unscoped

        roster = self.opened.roster
        grants = ((who, one) for who in roster.persons for one in roster.grants(who, self.opened.today))
        who, grant = next((who, one) for who, one in grants if (one.role, one.site) == ("coordinator", self.site))
        return unscoped(self.opened, who, [grant], COORDINATOR)

    def _say(self, kind: type[Any], **said: Any) -> None:
        self.desk.save([self.desk.event(kind, subject=self.subject, **said)], self.desk.new_key())

    def _births(self) -> None:
        self._say(FormSubmitted, form="demography", items=(Change(BORN, None, BIRTHS[0].isoformat()),))
        for before, after in pairwise(BIRTHS):
            items = (Change(BORN, before.isoformat(), after.isoformat()),)
            self._say(FormCorrected, form="demography", why="read wrongly", items=items)

    def _words(self, word: str) -> None:
        """As a remark, the reason of its correction, a question, its answer and what closes it."""
        path = f"comment/{word_id(word)}/value"
        self._say(FormSubmitted, form="remark", items=(Change(path, None, f"see {word}"),))
        self._say(
            FormCorrected, form="remark", why=f"as {word} said", items=(Change(path, f"see {word}", f"of {word}"),)
        )
        self._say(QueryOpened, item=path, asks=f"Is {word} right?", query=word_id(word))
        self._say(QueryAnswered, item=path, answer=f"{word} it is", query=word_id(word))
        self._say(QueryClosed, item=path, remark=f"{word}, then", query=word_id(word))

    def client(self, role: str, site: str = "") -> Any:
        from django.test import Client

        from trialwright.adapters.edc.people import demonstration

        client = Client()
        if role:
            demonstration.sign_in(client, role, (site or self.site) if role in AT_A_SITE else None)
        return client

    def answers(self, client: Any, role: str) -> Iterator[tuple[str, Any]]:
        """Every page that a role reads, opened at this patient; the API's too."""
        from trialwright.adapters.edc.access.matrix import pages

        for page in pages():
            if not role or role in [one.value for one in page.read]:
                for at in self.addresses(page):
                    yield from ((page.name, answer) for answer in of_every_page(client, at))

    def addresses(self, page: Any) -> Iterator[str]:
        ids = {"subject": self.subject, "site": self.site, "version": self.opened.trial.latest, "concept": "comment"}
        yield address(page, self.opened.id, **ids, instance=word_id(WORDS[0]), field="value", encounter="screening")
        if page.name == "item":
            yield address(page, self.opened.id, **ids | {"concept": "birth_date"}, instance="screening", field="value")


def of_every_page(client: Any, address: str) -> Iterator[Any]:
    """The answer of an address and of the pages of its list, one after another."""
    for number in count(1):
        answer = client.get(address if number == 1 else f"{address}?page={number}")
        yield answer
        if answer.streaming or number == PAGES or b'rel="next"' not in answer.content:
            return


def word_id(word: str) -> str:
    """A name for what is said of a word, without it."""
    return f"w{WORDS.index(word)}"


def spellings(word: str | date) -> set[str]:
    """A word as it may stand in a page, a document, an address, a calendar or a log."""
    from urllib.parse import quote, quote_plus

    if isinstance(word, date):
        months = (word.strftime("%d %b %Y").lstrip("0"), word.strftime("%d %B %Y").lstrip("0"))
        return {
            word.isoformat(),
            word.strftime("%Y%m%d"),
            word.strftime("%d/%m/%Y"),
            word.strftime("%m/%d/%Y"),
            *months,
        }
    return {word, escape(word), json.dumps(word)[1:-1], quote(word), quote_plus(word), repr(word)[1:-1]}


FORBIDDEN_WORDS = {one: spelling for one in WORDS for spelling in [spellings(one)]}
FORBIDDEN_BIRTHS = {one.isoformat(): spellings(one) for one in BIRTHS}


def found_in(text: str, forbidden: dict[str, set[str]]) -> list[str]:
    return [word for word, ways in forbidden.items() if any(way in text for way in ways)]


def around(answer: Any) -> str:
    """What of an answer is not its body: status line, headers, where it leads, cookies."""
    return "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), answer.cookies.output()])


def body(answer: Any) -> str:
    return text_of(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def text_of(content: bytes) -> str:
    """What can be read in a file: the pages of a PDF and what it says of itself, each file of an archive, any other."""
    if content.startswith(b"%PDF"):
        made = PdfReader(io.BytesIO(content))
        return "\n".join([*(page.extract_text() for page in made.pages), repr(made.metadata), repr(made.outline)])
    if content.startswith(b"PK\x03\x04"):
        with ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{text_of(archive.read(name))}" for name in archive.namelist())
    if content.startswith(b"PAR1"):
        return str(polars.read_parquet(io.BytesIO(content)).to_dicts())
    return content.decode("utf-8", "replace")


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """What the server's log says, as its settings write it."""
    import logging.config
    from copy import deepcopy

    from django.conf import settings

    into, wanted = io.StringIO(), deepcopy(settings.LOGGING)
    for handler in wanted["handlers"].values():
        handler["stream"] = into
    wanted["root"]["level"] = "DEBUG"
    logging.config.dictConfig(wanted)
    logging.getLogger("trialwright.edc").warning("the log is heard")
    yield into.getvalue
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture
def typed(running: Any) -> Typed:
    return Typed(running)


def test_nothing_that_identifies_leaves_its_site_and_words_are_read_where_data_are(
    typed: Typed, log: Callable[[], str]
) -> None:
    wrong, read = [], set()
    people = [(role, "") for role in AWAY] + [("coordinator", typed.other), ("", "")]
    for role, site in people:
        client = typed.client(role, site)
        for page, answer in typed.answers(client, role):
            text = body(answer)
            if births := found_in(text + around(answer), FORBIDDEN_BIRTHS):
                wrong.append(f"{page} as {role or 'anybody'} {site}: {len(births)} births")
            words = found_in(text, FORBIDDEN_WORDS)
            if words and (role in ("", "administrator") or site or page not in WORDS_ARE_READ):
                wrong.append(f"{page} as {role or 'anybody'} {site}: words such as {words[0]}")
            if found_in(around(answer), FORBIDDEN_WORDS):
                wrong.append(f"{page} as {role}: words in a header")
            read |= {page} if words else set()
    wrong += kept(typed, log)
    assert wrong == []
    assert {"item", "query", "audit"} <= read, "the canaries are there to be seen"


def kept(typed: Typed, log: Callable[[], str]) -> Iterable[str]:
    """What is kept beside the ledger, and what leaves it: log, accounts with sessions and cache, checkpoints, books."""
    from trialwright.store.keeping.contents import notes

    assert "the log is heard" in log()
    places = {"the log": log(), "the accounts": accounts_of(typed.opened.folder)}
    places["checkpoints"] = "\n".join(notes(typed.opened.reader()))
    for place, text in places.items():
        yield from (f"{place}: {word}" for word in found_in(text, FORBIDDEN_WORDS | FORBIDDEN_BIRTHS))
    for identifiers in (False, True):
        births = found_in(repr(book_of(typed, identifiers)), FORBIDDEN_BIRTHS)
        if bool(births) is not identifiers:
            yield f"the casebook {'of the site' if identifiers else 'of others'}: {len(births)} births"


def book_of(typed: Typed, identifiers: bool) -> Any:
    """The casebook of the patient, as the site has it or as others do."""
    from trialwright.adapters.edc.trial.casebook_sheets import filled_sheet

    told = (typed.opened.trial, typed.opened.record, typed.opened.today, True)
    events = list(typed.opened.reader().events(subject=typed.subject))
    return filled_sheet(typed.subject, events, *told, identifiers=identifiers, roster=typed.opened.roster)


def accounts_of(folder: Path) -> str:
    """The bytes of the accounts' files, sessions decoded: people, sessions, cache."""
    from django.contrib.sessions.models import Session

    raw = b"".join(one.read_bytes() for one in sorted(folder.glob("accounts.sqlite3*")))
    assert b"edc_cache" in raw
    return raw.decode("latin-1") + repr([one.get_decoded() for one in Session.objects.all()])


def test_the_sites_own_people_see_the_birth_they_typed(typed: Typed) -> None:
    page = f"/{typed.opened.id}/subjects/{typed.subject}/items/birth_date/screening/value/"
    assert found_in(body(typed.client("coordinator").get(page)), FORBIDDEN_BIRTHS)
    assert not found_in(body(typed.client("monitor").get(page)), FORBIDDEN_BIRTHS)


def test_what_is_typed_in_the_wrong_place_reaches_no_log_no_address_and_no_cache(
    typed: Typed, log: Callable[[], str]
) -> None:
    """Into every field of a form, in place of an id, as a filter, as a login, as a file, as a page that is none."""
    from django.test import Client

    client, study = typed.client("coordinator"), f"/{typed.opened.id}"
    form = f"{study}/subjects/{typed.subject}/forms/screening/"
    names = fields(body(client.get(form)))
    assert len(names) > 10
    wrong = []
    for word in WORDS:
        sent = [
            client.post(form, {**names, **dict.fromkeys([one for one in names if one.startswith("v:")], word)}),
            client.post(f"{study}/decide/screen/", {"subject": word, "occurred": word, "before": word, "key": word}),
            client.get(f"{study}/subjects/{word.replace('/', '-')}/"),
            client.get(f"{study}/audit/", {"item": word, "who": word, "subject": word}),
            client.get(f"{study}/subjects/", {"q": word, "sort": word}),
            client.post(f"/api/v1{study}/events/", json.dumps({"events": [{"event": word}]}), "application/json"),
            client.post(f"{study}/imports/laboratory/", {"file": io.BytesIO(f"subject,{word}\n{word},1\n".encode())}),
            Client().post("/sign-in/", {"login": f"{word}@hospital.example", "password": word}),
            Client().get(f"/{word.replace('/', '-')}/"),
        ]
        told = [(one, around(one).replace(one.request["PATH_INFO"], "")) for one in sent]  # back to where one asked for
        wrong += [f"an answer of {one.status_code} repeats {word} in a header" for one, text in told if word in text]
        assert all(one.status_code < 500 for one in sent)
    heard = log() + accounts_of(typed.opened.folder)
    assert wrong == []
    assert found_in(heard, FORBIDDEN_WORDS) == []


FORMATS = ("adam", "ctgov-xml")
if WHOLE:
    FORMATS = (*FORMATS, "icalendar", "specimens", "adam-csv", "dataset-json", "prs", "ctgov-protocol", "ctgov")


def test_no_file_that_leaves_for_analysis_or_a_registry_holds_what_identifies(typed: Typed, tmp_path: Path) -> None:
    """Datasets and results; in the whole run every format, the report and what a monitoring committee reads."""
    folder, made = str(typed.opened.folder), tmp_path / "made"
    wanted = {one: ["export", folder, "--format", one, "--out", str(made / one)] for one in FORMATS}
    if WHOLE:
        wanted |= {"report": ["report", folder, "--out", str(made / "report")]}
        wanted |= {"pack": ["report", folder, "--pack", "monitoring", "--out", str(made / "pack")]}
    made.mkdir()
    wrong = []
    for name, verb in wanted.items():
        done = subprocess.run([sys.executable, "-m", "trialwright", *verb], capture_output=True, check=True)
        files = [one for one in (made / name, *(made / name).rglob("*")) if one.is_file()]
        assert files, name
        for text in (text_of(done.stdout), *(text_of(file.read_bytes()) for file in files)):
            wrong += [f"{name}: {word}" for word in found_in(text, FORBIDDEN_WORDS | FORBIDDEN_BIRTHS)]
    assert wrong == []


def test_what_is_looked_for_is_found_in_a_pdf_an_archive_and_a_dataset(typed: Typed) -> None:
    from trialwright.adapters.edc.trial.sheets.pdf import as_pdf

    of_the_site = text_of(as_pdf(book_of(typed, identifiers=True)))
    assert found_in(of_the_site, FORBIDDEN_BIRTHS) == list(FORBIDDEN_BIRTHS)
    archive, dataset = io.BytesIO(), io.BytesIO()
    with ZipFile(archive, "w") as into:
        into.writestr("inside.txt", WORDS[0])
    polars.DataFrame({"REMARK": [WORDS[0]]}).write_parquet(dataset)
    for content in (archive.getvalue(), dataset.getvalue()):
        assert found_in(text_of(content), FORBIDDEN_WORDS) == [WORDS[0]]


def fields(page: str) -> dict[str, str]:
    """The fields of a page's forms by name, as they stand."""
    found = re.findall(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"(?:[^>]*\bvalue="([^"]*)")?', page)
    return dict(found)


def test_a_mistake_of_the_program_says_its_place_and_not_what_was_typed(
    typed: Typed, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from trialwright.adapters.edc.access.matrix import Page

    def broken(request: Any, desk: Any, **ids: str) -> None:
        born = WORDS[0]
        raise ValueError(f"cannot read {born}\nforged line")

    monkeypatch.setattr(Page, "load", lambda page: broken)
    client = typed.client("coordinator")
    client.raise_request_exception = False
    answer = client.get(f"/{typed.opened.id}/subjects/{typed.subject}/", {"note": WORDS[1]})
    assert answer.status_code == 500
    assert found_in(body(answer) + log(), FORBIDDEN_WORDS) == []
    assert "ValueError, at" in log() and "in broken" in log() and "500 GET edc:subject" in log()
    assert "forged line" not in log()
    assert re.search(
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR django.request 500 GET edc:subject person=\w", log(), re.M
    )
    refused = typed.client("coordinator", typed.other).get(f"/{typed.opened.id}/subjects/{typed.subject}/")
    assert refused.status_code == 404
    assert f"404 GET edc:subject person={refused.wsgi_request.user.person}" in log(), "a refusal says whose it was"
