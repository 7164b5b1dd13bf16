"""What has a label is never shown by its key: visits, samples, items and persons, on every page that tells of them.

The text of each page is read as a person reads it. An id in a `code` beside its label, the link to a clause and the
protocol itself, which is a file of ids, are left out.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from matrix_cells import AT_A_SITE, CONVERTER, address

NOT_READ = frozenset("code script style a".split())
VOID = frozenset("area br col hr img input link meta path rect line circle use wbr".split())
SAID = frozenset("aria-label title alt placeholder".split())
OF_IDS = ("protocol", "amendments", "records")
"""Pages that show a file of ids, or the numbers that records go by."""


class Read(HTMLParser):
    """The words of a page, with those of its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag not in NOT_READ:
            self.words += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if NOT_READ.isdisjoint(self.open):
            self.words.append(data)


def keys(study: Any, subject: str) -> re.Pattern[str]:
    """Every key of the study that has a label: of visits, samples and persons, and every path of an item."""
    versions = study.trial.versions.values()
    named = {one.id for version in versions for one in version.encounters if "_" in one.id}
    samples = {f"{one.id}.{at}" for version in versions for one in version.specimens for at in one.encounters}
    people = [name for name in study.roster.persons if study.roster.name(name) != name]
    concepts = {name for version in study.trial.standards.values() for name in version.concepts}
    paths = f"(?:{'|'.join(sorted(concepts))})/[\\w.-]+/\\w+"
    every = "|".join(re.escape(one) for one in sorted({*named, *samples, *people}, key=len, reverse=True))
    return re.compile(rf"(?<![\w./-])(?:{paths}|(?:{every})(?:\.\w+)*)(?![\w/])")


@pytest.mark.parametrize("role", ["coordinator", "data manager"])
def test_no_page_shows_the_key_of_what_has_a_label(running: Any, client_of: Any, role: str) -> None:
    from trialwright.adapters.edc.access.matrix import pages

    subject = max(running.record.subjects, key=lambda name: running.record.subjects[name].events)
    site = running.record.subjects[subject].site
    client, known, wrong = client_of(role, site if role in AT_A_SITE else None), keys(running, subject), []
    for page in pages():
        reads = role in [one.value for one in page.read] and not page.api and page.name not in OF_IDS
        if reads and {name for _, name in CONVERTER.findall(page.path)} <= {"subject", "site"}:
            answer = client.get(address(page, running.id, subject=subject, site=site))
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                told = " ".join(Read(answer.content.decode()).words)
                wrong += [
                    f"{page.name}: …{told[max(0, one.start() - 40) : one.end() + 20]}…" for one in known.finditer(told)
                ]
    assert wrong == []
