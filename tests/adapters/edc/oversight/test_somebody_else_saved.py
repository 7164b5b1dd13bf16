"""Two people on one page at a time: the second reads what the first did beside what they wanted, and how to go on.

Each family of pages that save (decisions, oversight, trial, people) through a second client that saves in between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from adapters.edc.decisions.at_work import Site, stands
from trialwright.core.conduct import subject_status
from trialwright.core.oversight import MEANINGS, items_now

THEIRS = "Was it read <b>twice</b>?"
MINE = "words of my own"


@dataclass
class Page:
    """One page as somebody opened it: who, where, what they typed, and what of it the answer is to show."""

    client: Any
    address: str
    typed: dict[str, Any]
    wanted: str
    again: bool = True

    @classmethod
    def opened(cls, client: Any, address: str, typed: dict[str, Any], wanted: str, *, again: bool = True) -> Page:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return cls(client, address.partition("?")[0], {**hidden(answer.content.decode()), **typed}, wanted, again)

    def send(self, **others: Any) -> Any:
        return self.client.post(self.address, {**self.typed, **others})


def hidden(text: str) -> dict[str, str]:
    names = ("key", "version", "seen", "beside", "content")
    main = text.partition("<main")[2]
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', main) for name in names}
    return {name: one[1] for name, one in found.items() if one}


def both_sides(answer: Any) -> str:
    """What stands in the part of the page that shows both sides."""
    found = re.search(r'<section class="card wide meanwhile".*?</section>', answer.content.decode(), re.DOTALL)
    assert found, "both sides are not shown"
    return found[0]


def carried(section: str) -> dict[str, list[str]]:
    """What the button sends that saves mine all the same."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', section):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


# --- pages about one patient -----------------------------------------------------------------------------------------


def query(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    item, address = an_item(running, subject), f"/{running.id}/subjects/{subject}/queries/"
    typed = {"action": "ask", "item": item, "asks": MINE}
    return Page.opened(client_of("monitor"), address, typed, MINE)


def verification(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    address = f"/{running.id}/subjects/{subject}/verification/"
    return Page.opened(client_of("monitor"), address, {"path": an_item(running, subject)}, "", again=False)


def lock(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    address = f"/{running.id}/subjects/{subject}/lock/"
    return Page.opened(client_of("monitor"), address, {"action": "freeze", "what": "subject"}, "Freeze")


def signature(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    from trialwright.adapters.edc.people import demonstration

    client, address = client_of("investigator", site), f"/{running.id}/subjects/{subject}/sign/"
    code = re.search(r"the code is (\d+)", client.get(address).content.decode())
    typed = {"what": "subject", "meaning": MEANINGS[0], "again_password": demonstration.PASSWORD}
    typed |= {"again_code": code[1] if code else ""}
    return Page.opened(client, address, typed, MEANINGS[0], again=False)


def deviation(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    found = subject_status(running.trial, running.record, subject, running.today).deviations
    address = f"/{running.id}/subjects/{subject}/deviations/"
    typed = {"deviation": found[0].id, "important": "no", "words": MINE}
    return Page.opened(client_of("monitor"), address, typed, MINE, again=False)


def consent(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    client, address = client_of("coordinator", site), f"/{running.id}/subjects/{subject}/decide/consent/"
    typed = {**stands(client.get(address).content.decode()), "document": MINE}
    return Page(client, address, typed, MINE, again=False)


def capsules(running: Any, client_of: Callable[..., Any], subject: str, site: str) -> Page:
    client, address = client_of("pharmacist", site), f"/{running.id}/subjects/{subject}/capsules/"
    typed = {**stands(client.get(address).content.decode()), "count-0": "3"}
    return Page(client, address, typed, "3", again=False)


OF_A_PATIENT = (query, verification, lock, signature, deviation, consent, capsules)


def an_item(running: Any, subject: str) -> str:
    return sorted(one.name for one in items_now(running.record.subjects[subject]))[0]


@pytest.mark.parametrize("family", OF_A_PATIENT, ids=[one.__name__ for one in OF_A_PATIENT])
def test_a_page_about_a_patient_shows_what_came_and_what_was_wanted_and_saves_neither(
    running: Any, client_of: Callable[..., Any], subject: str, family: Callable[..., Page]
) -> None:
    site = running.record.subjects[subject].site
    page = family(running, client_of, subject, site)
    other = f"/{running.id}/subjects/{subject}/queries/"
    asked = {"action": "ask", "item": an_item(running, subject), "asks": THEIRS}
    assert Page.opened(client_of("data manager"), other, asked, "").send().status_code == 303
    before = running.record.last_seq
    answer = page.send()
    running.catch_up()
    assert (answer.status_code, running.record.last_seq) == (409, before)
    section = both_sides(answer)
    theirs, mine = section.split("What you wanted to do")
    assert "Data manager" in theirs and "(data manager)" in theirs and "UTC" in theirs
    assert THEIRS not in section and "Was it read &lt;b&gt;twice&lt;/b&gt;?" in theirs
    assert page.wanted in mine and "Leave it as it is now" in mine
    assert ("Save mine all the same" in mine) is page.again
    if page.again:
        assert page.client.post(page.address, carried(mine)).status_code == 303
        running.catch_up()
        assert running.record.last_seq > before
    else:
        assert 'href="#mine"' in mine and 'id="mine"' in answer.content.decode()


def test_what_somebody_corrected_is_no_longer_ticked_as_held_against_the_source(
    running: Any, client_of: Callable[..., Any], subject: str
) -> None:
    record = running.record.subjects[subject]
    texts = [one for one in items_now(record) if isinstance(one.value, str) and one.path.field == "value"]
    changed, kept = texts[0], texts[1]
    address = f"/{running.id}/subjects/{subject}/verification/?show=all"
    page = Page.opened(client_of("monitor"), address, {"path": [changed.name, kept.name]}, "")
    correct(running, subject, changed)
    text = page.client.post(address, page.typed).content.decode()
    ticked = set(re.findall(r'name="path" value="([^"]*)"[^>]*checked', text))
    assert changed.name not in ticked


def correct(running: Any, subject: str, one: Any) -> None:
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped
    from trialwright.adapters.edc.people.demonstration import account_of
    from trialwright.core.ledger import Change, FormCorrected

    person = account_of("coordinator", running.record.subjects[subject].site).person
    desk = unscoped(running, person, running.roster.grants(person), Role.COORDINATOR)
    items = (Change(one.name, one.value, one.value),)
    desk.save((desk.event(FormCorrected, subject=subject, form="form", why="said again", items=items),), desk.new_key())


# --- lists, the study, a person --------------------------------------------------------------------------------------


def test_a_query_that_somebody_answered_meanwhile_is_not_answered_over_them(
    running: Any, client_of: Callable[..., Any], subject: str
) -> None:
    site, manager = running.record.subjects[subject].site, client_of("data manager")
    ask = {"action": "ask", "item": an_item(running, subject), "asks": "Which day?"}
    assert Page.opened(manager, f"/{running.id}/subjects/{subject}/queries/", ask, "").send().status_code == 303
    running.catch_up()
    pick = f"{subject}|{running.record.subjects[subject].log.newest.id}"
    answering = {"action": "answer", "pick": pick}
    address = f"/{running.id}/queries/"
    mine = Page.opened(client_of("investigator", site), address, {**answering, "words": MINE}, MINE)
    theirs = Page.opened(client_of("coordinator", site), address, {**answering, "words": "On the third."}, "")
    assert theirs.send().status_code == 303
    before = running.record.last_seq
    answer = mine.send()
    running.catch_up()
    section = both_sides(answer)
    assert (answer.status_code, running.record.last_seq) == (409, before)
    assert "On the third." in section and "(coordinator)" in section and MINE in section
    assert "Save mine all the same" not in section, "it is answered already"


def test_two_who_govern_a_site_at_a_time_read_each_other(site: Site) -> None:
    address = f"/{site.opened.id}/decide/suspend/"
    first, second = site.client("data manager"), site.client("sponsor-investigator")
    forms = [stands(one.get(address).content.decode()) for one in (first, second)]
    assert first.post(address, {**forms[0], "site": site.site, "why": "no beds"}).status_code == 303
    answer = second.post(address, {**forms[1], "site": site.site, "why": MINE})
    section = both_sides(answer)
    assert answer.status_code == 409
    assert "no beds" in section and MINE in section and "(data manager)" in section
    elsewhere = next(one for one in site.opened.site_ids if one != site.site)
    other = second.post(address, {**forms[1], "site": elsewhere, "why": "of another site"})
    assert other.status_code == 303, "what was decided of one site is in nobody's way at another"


def test_a_term_that_somebody_coded_meanwhile_is_not_coded_over_them_unseen(
    running: Any, client_of: Callable[..., Any]
) -> None:
    from trialwright.adapters.edc.oversight.coding import SEPARATOR

    manager, address = client_of("data manager"), f"/{running.id}/coding/"
    term = re.search(r'<th scope="row">([^<]+)</th>', manager.get(address).content.decode())
    assert term is not None
    load(manager, running, f'code,term\n1,"{term[1]}"\n2,"{term[1]} otherwise"\n'.encode())
    field = re.search(r'<select name="(code:[^"]+)"', manager.get(address).content.decode())
    assert field is not None
    pages = [
        Page.opened(manager, address, {field[1]: f"{code}{SEPARATOR}{term[1]}{more}"}, "")
        for code, more in ((1, ""), (2, " otherwise"))
    ]
    assert pages[0].send().status_code == 303
    before = running.record.last_seq
    answer = pages[1].send()
    running.catch_up()
    section = both_sides(answer)
    assert (answer.status_code, running.record.last_seq) == (409, before)
    assert "you, in another window" in section and "otherwise" in section.split("What you wanted to do")[1]
    assert manager.post(address, carried(section)).status_code == 303


def load(client: Any, running: Any, text: bytes) -> None:
    from io import BytesIO

    address, file = f"/{running.id}/dictionaries/", BytesIO(text)
    file.name = "words.csv"
    sent = {**hidden(client.get(address).content.decode()), "name": "words", "dictionary_version": "1", "file": file}
    assert client.post(address, sent).status_code == 303


def roles_of(running: Any) -> Iterator[tuple[str, dict[str, str], dict[str, str], str]]:
    site = running.site_ids[0]
    yield (
        "role",
        {"action": "end", "ended": "coordinator", "site": site, "why": "left"},
        {"action": "deactivate"},
        "left",
    )
    yield "access", {"action": "deactivate", "why": "gone"}, {"action": "unlock"}, "gone"


@pytest.mark.parametrize("which", [0, 1], ids=["in the study", "beside it"])
def test_two_administrators_of_one_person_read_each_other(
    running: Any, client_of: Callable[..., Any], which: int
) -> None:
    from trialwright.adapters.edc.people.demonstration import account_of

    _name, first, second, told = [*roles_of(running)][which]
    person = account_of("coordinator", running.site_ids[0]).person
    client, address = client_of("administrator"), f"/{running.id}/people/{person}/"
    theirs, mine = (Page.opened(client, address, typed, "") for typed in (first, {**second, "why": MINE}))
    assert theirs.send().status_code == 302
    before = running.reader().ends()
    answer = mine.send()
    section = both_sides(answer)
    assert (answer.status_code, running.reader().ends()) == (409, before)
    assert told in section and MINE in section and "Save mine all the same" in section


def test_a_step_of_a_specimen_shows_what_came_to_the_patient_meanwhile(site: Site) -> None:
    from trialwright.core.terms import Quantity

    subject = site.registered()
    client, address = site.client("coordinator"), f"/{site.opened.id}/specimens/step/"
    listed = client.get(f"/{site.opened.id}/specimens/").content.decode()
    name = re.search(rf'name="specimen" value="({subject}/[^"]+)"', listed)
    assert name is not None, "nothing is to be done with a specimen of the new patient"
    page = client.get(address, {"specimen": name[1], "step": "collected"})
    form = {**stands(page.content.decode()), "time": "09:10"}
    site.enter(subject, "a late result", weight=Quantity.parse("80 kg"))
    before = len(site.events_of(subject))
    answer = client.post(address, form)
    theirs, mine = both_sides(answer).split("What you wanted to do")
    assert (answer.status_code, len(site.events_of(subject))) == (409, before)
    assert "a late result" in theirs and subject in mine and "09:10" in mine
    again = {**stands(answer.content.decode()), "time": "09:10"}
    assert client.post(address, again).status_code == 303


def test_a_report_of_a_serious_event_shows_what_came_meanwhile(
    running: Any, client_of: Callable[..., Any], subject: str
) -> None:
    site, today = running.record.subjects[subject].site, running.today.isoformat()
    told = {"term": "Fatigue", "grade": 3, "start": today, "related": "yes", "serious": "yes", "aware": today}
    entered(running, subject, told | {"serious_hospitalization": "yes", "aware_time": "00:05"})
    address = f"/{running.id}/subjects/{subject}/serious/77/"
    typed = {"to": "sponsor", "kind": "initial", "on": today, "time": "00:10"}
    page = Page.opened(client_of("investigator", site), address, typed, "")
    asked = {"action": "ask", "item": an_item(running, subject), "asks": THEIRS}
    other = f"/{running.id}/subjects/{subject}/queries/"
    assert Page.opened(client_of("data manager"), other, asked, "").send().status_code == 303
    answer = page.send()
    theirs, mine = both_sides(answer).split("What you wanted to do")
    assert answer.status_code == 409
    assert "Data manager" in theirs and "sponsor" in mine and "00:10" in mine
    assert page.client.post(address, carried(mine)).status_code == 303


def entered(running: Any, subject: str, told: dict[str, Any]) -> None:
    """An adverse event, entered by the investigator of the site."""
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.desk.desk import unscoped
    from trialwright.adapters.edc.people.demonstration import account_of
    from trialwright.core.ledger import Change, FormSubmitted

    person = account_of("investigator", running.record.subjects[subject].site).person
    desk = unscoped(running, person, running.roster.grants(person), Role.INVESTIGATOR)
    items = tuple(Change(f"adverse_event/77/{name}", None, value) for name, value in told.items())
    desk.save([desk.event(FormSubmitted, subject=subject, form="adverse_event", items=items)], desk.new_key())
