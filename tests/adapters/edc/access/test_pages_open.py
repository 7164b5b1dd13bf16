"""Every page opens for whom it is declared: the real view answers, and never with an error of the program.

The everyday run opens each page in the first and the last role that reads it; the whole one in every role, of both
studies. What a form sent empty is told is asked of each page that takes one: refused in words, nothing saved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matrix_cells import AT_A_SITE, CONVERTER, WHOLE, address
from trialwright.adapters.edc.people import demonstration

OPENED, ELSEWHERE = (200,), (200, 302, 303, 404)
WORKS = ("ledger", "api-verify", "casebook", "screening-file")
"""Pages whose form starts work, or takes a file out, and asks for nothing first."""


def declared() -> list[Any]:
    from trialwright.adapters.edc.access.matrix import pages

    return list(pages())


class Opened:
    """A study served, with a site and a subject of it, and somebody of each role."""

    def __init__(self, study: Any) -> None:
        self.study = study
        self.subject = max(study.record.subjects, key=lambda name: study.record.subjects[name].events)
        self.site = study.record.subjects[self.subject].site
        self.clients: dict[str, Any] = {}

    def client(self, role: str) -> Any:
        from django.test import Client

        if role not in self.clients:
            self.clients[role] = Client()
            demonstration.sign_in(self.clients[role], role, self.site if role in AT_A_SITE else None)
        return self.clients[role]

    def address(self, page: Any) -> str:
        return address(page, self.study.id, subject=self.subject, site=self.site)


@pytest.fixture(params=[0, 1], ids=["the first study", "the second study"])
def opened(request: pytest.FixtureRequest, serve: Callable[[str], Any], studies: tuple[str, str]) -> Opened:
    return Opened(serve(studies[request.param]))


def test_every_page_opens_for_whom_it_is_declared(opened: Opened) -> None:
    wrong, before = [], opened.study.reader().ends()
    for page in declared():
        roles = [role.value for role in page.read]
        for role in roles if WHOLE else dict.fromkeys([*roles[:1], *roles[-1:]]):
            answer = opened.client(role).get(opened.address(page))
            known = {name for _, name in CONVERTER.findall(page.path)} <= {"subject", "site"}
            if answer.status_code not in (OPENED if known else ELSEWHERE):
                wrong.append(f"{page.name} as {role}: {answer.status_code}")
    assert wrong == []
    assert opened.study.reader().ends() == before, "reading writes nothing into a ledger"


def test_a_form_sent_empty_is_answered_in_words_and_nothing_is_saved(opened: Opened) -> None:
    wrong = []
    for page in (one for one in declared() if one.write and one.name not in WORKS):
        before = opened.study.reader().ends()
        answer = opened.client(page.write[0].value).post(opened.address(page), {})
        if answer.status_code >= 500 or opened.study.reader().ends() != before:
            wrong.append(f"{page.name}: {answer.status_code}, {opened.study.reader().ends()} after {before}")
    assert wrong == []
