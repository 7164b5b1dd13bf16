"""What leaves the application is in the language of whoever asked for it: our own words, not those of the record."""

from __future__ import annotations

import re
from typing import Any

ENGLISH = ("(due ", "To collect:", "window ", "Specimens:", "SIMULATED", "Clause ", "called off", ", course ")
SPANISH = ("(prevista ", "Por recoger:", "ventana ", "SIMULADO", "Cláusula ")


def spanish(client: Any) -> Any:
    client.cookies["language"] = "es"
    return client


def treated(running: Any) -> tuple[str, str]:
    """The patient with the most entries, and the site."""
    subject = max(running.record.subjects, key=lambda name: running.record.subjects[name].events)
    return subject, running.record.subjects[subject].site


def test_a_calendar_is_in_the_language_of_the_page_it_was_taken_from(running: Any, client_of: Any) -> None:
    subject, site = treated(running)
    client = client_of("coordinator", site)
    address = f"/{running.id}/subjects/{subject}/calendar.ics"
    english = client.get(address).content.decode().replace("\r\n ", "")
    told = spanish(client).get(address).content.decode().replace("\r\n ", "")
    assert [words for words in ENGLISH[:3] if words not in english] == []
    assert [words for words in ENGLISH if words in told] == []
    assert [words for words in SPANISH if words not in told] == []


def test_a_calendar_address_keeps_the_language_it_was_made_in(running: Any, client_of: Any) -> None:
    from django.test import Client

    from trialwright.adapters.edc.people import demonstration

    _, site = treated(running)
    client, address = spanish(client_of("coordinator", site)), f"/{running.id}/calendar/address/"
    sure = {"again_password": demonstration.PASSWORD, "again_code": demonstration.CODE}
    made = client.post(address, {"do": "make", **sure}).content.decode()
    found = re.search(r"https?://[^/]+(/feed/[^<\s]+)", made)
    assert found is not None
    told = Client().get(found[1]).content.decode().replace("\r\n ", "")
    assert "SIMULADO" in told
    assert [words for words in ENGLISH if words in told] == []
    other = Client().get(found[1].partition("?")[0], headers={"accept-language": "es"}).content.decode()
    assert "SIMULATED" in other, "a program has no language of its own"


def words_of(content: bytes) -> str:
    """The text of a PDF in one line."""
    import io

    from pypdf import PdfReader

    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


BLANK = ("Protocol version", "To be filled in", "one of:", "yes / no", "Blank forms", "Contents", "Item", "As recorded")
BOOK = (
    "Course in the trial", "in the order of their dates", "Recorded ", "As recorded", "Signatures and locks",
    "Deviations from the protocol", "Every event,", "Consented and screened", " of them forms", "Simulated data",
)  # fmt: skip


def test_a_blank_casebook_is_in_the_language_of_whoever_prints_it(running: Any, client_of: Any) -> None:
    _, site = treated(running)
    version = next(iter(running.trial.versions))
    client = spanish(client_of("coordinator", site))
    told = words_of(client.get(f"/{running.id}/trial/casebooks/{version}/blank.pdf").content)
    assert "Por rellenar" in told
    assert "una de:" in told
    assert [words for words in BLANK if words in told] == []


def test_a_filled_casebook_is_in_the_language_of_whoever_takes_it_out(running: Any, client_of: Any) -> None:
    subject, site = treated(running)
    client = spanish(client_of("coordinator", site))
    told = words_of(client.post(f"/{running.id}/subjects/{subject}/casebook/", {}).content)
    assert "Recorrido en el ensayo" in told
    assert "Registrado el" in told
    assert [words for words in BOOK if words in told] == []
    english = client_of("coordinator", site)
    told = words_of(english.post(f"/{running.id}/subjects/{subject}/casebook/", {}).content)
    assert [words for words in BOOK if words not in told] == []
