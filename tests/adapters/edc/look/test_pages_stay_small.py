"""Every link leads somewhere and every page is small: each page that a person is led to, in a study and a grown one.

Whoever is signed in follows every link from the first page. The grown study has patients with far more entries than a
rehearsal makes. A page is counted as it is sent, before it is compressed. `browser.crawling` looks with a browser.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import pytest

from adapters.edc.conftest import signed_in
from browser.crawling import SIGN_OUT, links_in, name_of
from matrix_cells import WHOLE
from trialwright.adapters.edc.access.roles import SITE_ROLES, Role
from trialwright.core.casebook import UNSCHEDULED
from trialwright.core.ledger import FormSubmitted
from trialwright.core.subject import advance

MOST, MANY = 150_000, 120
EACH = 40 if WHOLE else 2
"""So many addresses of one page are opened for a role, of patients and of other things; the forms of visits all."""
OFTEN = {"form": 40}
HERE = "http://testserver"


def opened(client: Any, start: str) -> Iterator[tuple[str, Any]]:
    """Every page that links lead to from a first one."""
    waiting, queued, often = deque([start]), {start}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        name = name_of(path)
        if name is None or name in SIGN_OUT or often[name] >= OFTEN.get(name, EACH):
            continue
        often[name] += 1
        answer = client.get(path, follow=True)
        yield path, answer
        if answer.streaming:
            answer.close()
        if answer.status_code < 400 and "text/html" in answer.headers["content-type"]:
            landed = HERE + (answer.redirect_chain[-1][0] if answer.redirect_chain else path)
            for link in links_in(answer.content.decode(), landed, HERE):
                if link not in queued:
                    queued.add(link)
                    waiting.append(link)


def faults(client: Any, start: str) -> list[str]:
    """What is wrong with the pages that links lead to."""
    found = [(path, answer) for path, answer in opened(client, start)]
    assert len(found) > 10, "somebody is led somewhere"
    led = [f"{path} answers {answer.status_code}" for path, answer in found if answer.status_code >= 400]
    html = [(path, answer) for path, answer in found if "text/html" in answer.headers["content-type"]]
    return led + [f"{path}: {len(one.content)} bytes" for path, one in html if len(one.content) > MOST]


def client_at(study: Any, role: Role, subject: str) -> Any:
    return signed_in(role.value, study.record.subjects[subject].site if role in SITE_ROLES else None)


def fullest(study: Any) -> str:
    return max(study.record.subjects, key=lambda name: study.record.subjects[name].events)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("which", [0, 1], ids=["the first study", "the second study"])
def test_every_link_leads_to_a_page_that_is_there_and_small(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int, role: Role
) -> None:
    study = serve(studies[which])
    subject = fullest(study)
    client = client_at(study, role, subject)
    of_a_patient = client.get(f"/{study.id}/subjects/{subject}/").status_code == 200
    assert faults(client, f"/{study.id}/subjects/{subject}/" if of_a_patient else "/") == []


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.DATA_MANAGER], ids=lambda role: role.value)
@pytest.mark.parametrize("which", [0, 1], ids=["the first study", "the second study"])
def test_the_pages_of_a_patient_with_many_entries_stay_small(
    serve: Callable[[str], Any], studies: tuple[str, str], which: int, role: Role
) -> None:
    study = serve(studies[which])
    subject = fullest(study)
    client = client_at(study, role, subject)
    study.record = replace(study.record, subjects={**study.record.subjects, subject: grown(study, subject)})
    assert faults(client, f"/{study.id}/subjects/{subject}/") == []


def grown(study: Any, subject: str) -> Any:
    """The record of a patient with everything that was entered entered many times more, at visits nobody planned."""
    record = study.record.subjects[subject]
    entered = [one for one in reversed(tuple(record.log)) if isinstance(one, FormSubmitted) and one.items]
    last = study.record.last_seq
    for number, one in enumerate(islice(cycle(entered), MANY), start=1):
        visit = f"{UNSCHEDULED}.{number}" if one.encounter else ""
        items = tuple(replace(each, path=moved(each.path, visit or str(900 + number)), old=None) for each in one.items)
        more = replace(one, id=f"grown-{number}", seq=last + number, encounter=visit, items=items)
        record = advance(record, more)
    return record


def moved(path: str, instance: str) -> str:
    """The path of an item as of another visit, or of another of several."""
    concept, _, field = path.split("/")
    return f"{concept}/{instance}/{field}"
