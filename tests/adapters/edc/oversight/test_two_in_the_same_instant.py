"""Two people who send in the same instant: one is saved, the other reads what came and what they wanted.

Each page is opened by both, and both saves are held at the append until both have looked that nobody else saved.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from adapters.edc.at_once import at_once
from adapters.edc.decisions.at_work import Site, stands
from adapters.edc.oversight.test_somebody_else_saved import (
    MINE,
    OF_A_PATIENT,
    Page,
    an_item,
    both_sides,
    carried,
    load,
    query,
)
from trialwright.core.ledger import (
    AccrualSuspended,
    Locked,
    PersonDeactivated,
    QueryAnswered,
    ReferenceRangeSet,
    RoleGranted,
    TermCoded,
)


@pytest.fixture
def both(running: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Send two pages in the same instant."""
    return lambda *pages, **others: at_once(running, monkeypatch, [partial(one.send, **others) for one in pages])


def events_of(running: Any, kind: type, after: int, chain: str | None = None) -> list[Any]:
    more = {"chain_id": chain} if chain else {}
    return [one for one in running.reader().events(after_seq=after, **more) if isinstance(one, kind)]


def one_saved(answers: list[Any]) -> Any:
    """That one is saved and the other answered with both sides, which is returned."""
    assert sorted(one.status_code // 100 * 100 for one in answers) == [300, 400], [one.status_code for one in answers]
    late = next(one for one in answers if one.status_code >= 400)
    assert late.status_code == 409
    section = both_sides(late)
    assert "What you wanted to do" in section
    return section


@pytest.mark.parametrize("family", OF_A_PATIENT, ids=[one.__name__ for one in OF_A_PATIENT])
def test_on_a_page_about_a_patient(
    running: Any, client_of: Callable[..., Any], subject: str, both: Callable[..., list[Any]],
    family: Callable[..., Page],
) -> None:  # fmt: skip
    where, before = running.record.subjects[subject].site, running.record.last_seq
    answers = both(family(running, client_of, subject, where), query(running, client_of, subject, where))
    one_saved(answers)
    assert running.record.last_seq > before


def test_a_query_is_answered_once(
    running: Any, client_of: Callable[..., Any], subject: str, both: Callable[..., list[Any]]
) -> None:
    where, manager = running.record.subjects[subject].site, client_of("data manager")
    ask = {"action": "ask", "item": an_item(running, subject), "asks": "Which day?"}
    assert Page.opened(manager, f"/{running.id}/subjects/{subject}/queries/", ask, "").send().status_code == 303
    running.catch_up()
    pick, before = f"{subject}|{running.record.subjects[subject].log.newest.id}", running.record.last_seq
    typed = {"action": "answer", "pick": pick}
    pages = [
        Page.opened(client_of(role, where), f"/{running.id}/queries/", {**typed, "words": f"{MINE} {role}"}, "")
        for role in ("investigator", "coordinator")
    ]
    one_saved(both(*pages))
    assert len(events_of(running, QueryAnswered, before)) == 1


def test_queries_of_two_patients_are_in_nobodys_way(
    running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]
) -> None:
    manager, pages, before = client_of("data manager"), [], running.record.last_seq
    for name in sorted(running.record.subjects)[:2]:
        ask = {"action": "ask", "item": an_item(running, name), "asks": "Which day?"}
        assert Page.opened(manager, f"/{running.id}/subjects/{name}/queries/", ask, "").send().status_code == 303
        running.catch_up()
        pick = f"{name}|{running.record.subjects[name].log.newest.id}"
        typed = {"action": "answer", "pick": pick, "words": MINE}
        client = client_of("coordinator", running.record.subjects[name].site)
        pages.append((client, typed))
    answers = both(*(Page.opened(one, f"/{running.id}/queries/", typed, "") for one, typed in pages))
    assert [one.status_code for one in answers] == [303, 303]
    assert len(events_of(running, QueryAnswered, before)) == 2


def test_a_query_is_answered_although_something_else_of_the_patient_was_saved_in_the_same_instant(
    running: Any, client_of: Callable[..., Any], subject: str, both: Callable[..., list[Any]]
) -> None:
    where = running.record.subjects[subject].site
    ask = query(running, client_of, subject, where)
    assert ask.send().status_code == 303
    running.catch_up()
    typed = {"action": "answer", "pick": f"{subject}|{running.record.subjects[subject].log.newest.id}", "words": MINE}
    listed = Page.opened(client_of("coordinator", where), f"/{running.id}/queries/", typed, "")
    sheet = OF_A_PATIENT[5](running, client_of, subject, where)
    answers = both(listed, sheet)
    assert answers[0].status_code == 303


def test_a_term_is_coded_once(running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]) -> None:
    import re

    from trialwright.adapters.edc.oversight.coding import SEPARATOR

    manager, address = client_of("data manager"), f"/{running.id}/coding/"
    term = re.search(r'<th scope="row">([^<]+)</th>', manager.get(address).content.decode())
    assert term is not None
    load(manager, running, f'code,term\n1,"{term[1]}"\n2,"{term[1]} otherwise"\n'.encode())
    field = re.search(r'<select name="(code:[^"]+)"', manager.get(address).content.decode())
    assert field is not None
    before = running.record.last_seq
    pages = [
        Page.opened(client_of("data manager"), address, {field[1]: f"{code}{SEPARATOR}{term[1]}{more}"}, "")
        for code, more in ((1, ""), (2, " otherwise"))
    ]
    one_saved(both(*pages))
    assert len({one.code for one in events_of(running, TermCoded, before)}) == 1


@pytest.mark.parametrize("of_site", [True, False], ids=["of a site", "of the study"])
def test_a_lock_is_set_once(
    running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]], of_site: bool
) -> None:
    address = f"/{running.id}/locks/?checklist=1" + (f"&site={running.site_ids[0]}" if of_site else "")
    typed = {"action": "freeze", **({"site": running.site_ids[0]} if of_site else {})}
    before = running.record.last_seq
    pages = [Page.opened(client_of("data manager"), address, typed, "") for _ in range(2)]
    section = one_saved(both(*pages))
    assert "you, in another window" in section
    assert len(events_of(running, Locked, before)) == 1


def governed(site: Site, role: str, where: str, why: str) -> Page:
    client, address = site.client(role), f"/{site.opened.id}/decide/suspend/"
    return Page(client, address, {**stands(client.get(address).content.decode()), "site": where, "why": why}, "")


def test_a_site_is_governed_once(site: Site, both: Callable[..., list[Any]]) -> None:
    before = site.opened.record.last_seq
    pages = [governed(site, role, site.site, role) for role in ("data manager", "sponsor-investigator")]
    one_saved(both(*pages))
    assert len(events_of(site.opened, AccrualSuspended, before)) == 1


def test_two_sites_are_governed_in_the_same_instant(site: Site, both: Callable[..., list[Any]]) -> None:
    elsewhere = next(one for one in site.opened.site_ids if one != site.site)
    pages = [governed(site, "data manager", site.site, "one"), governed(site, "data manager", elsewhere, "other")]
    assert [one.status_code for one in both(*pages)] == [303, 303]


def people(running: Any, client_of: Callable[..., Any], role: str, typed: dict[str, Any], place: str = "") -> Page:
    from trialwright.adapters.edc.people.demonstration import account_of

    person = account_of(role, place or running.site_ids[0]).person
    return Page.opened(client_of("administrator"), f"/{running.id}/people/{person}/", typed, "")


def test_a_role_is_given_once(running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]) -> None:
    typed = {"action": "grant", "granted": "pharmacist", "site": running.site_ids[0]}
    before = running.record.last_seq
    one_saved(both(*(people(running, client_of, "coordinator", typed) for _ in range(2))))
    assert len(events_of(running, RoleGranted, before)) == 1


def test_somebody_is_deactivated_once(
    running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]
) -> None:
    from trialwright.store.chain import SYSTEM_CHAIN

    before = running.reader().sizes(SYSTEM_CHAIN)[0]
    typed = [{"action": "deactivate", "why": f"{MINE} {place}"} for place in range(2)]
    one_saved(both(*(people(running, client_of, "coordinator", one) for one in typed)))
    assert len(events_of(running, PersonDeactivated, before, SYSTEM_CHAIN)) == 1


def test_a_role_given_in_the_instant_of_a_deactivation_leaves_the_person_out(
    running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]
) -> None:
    typed = {"action": "grant", "granted": "pharmacist", "site": running.site_ids[0]}
    page = people(running, client_of, "coordinator", {"action": "deactivate", "why": MINE})
    answers = both(people(running, client_of, "coordinator", typed), page)
    person = page.address.rstrip("/").rpartition("/")[2]
    if answers[1].status_code == 409:
        assert MINE in both_sides(answers[1])
        answers[1] = page.client.post(page.address, carried(both_sides(answers[1])))
    assert answers[1].status_code in (302, 303)
    running.catch_up()
    assert not running.roster.active(person)


def test_the_limits_of_a_laboratory_are_set_once(site: Site, both: Callable[..., list[Any]]) -> None:
    before = site.opened.record.last_seq
    one_saved(both(*(limits(site, high) for high in ("56", "57"))))
    assert len(events_of(site.opened, ReferenceRangeSet, before)) == 1


def limits(site: Site, high: str) -> Page:
    """New limits of one analyte, looked at and to be confirmed."""
    client, address = site.client("coordinator"), f"/{site.opened.id}/laboratory/"
    form = stands(client.get(address).content.decode())
    analyte, unit = next(
        (one.analyte, (one.high or one.low).unit) for one in site.opened.record.sites[site.site].ranges
    )
    looked = client.post(address, {**form, "table": f"{analyte}; 1; {high}; {unit}"})
    text = looked.content.decode()
    assert 'name="confirmed"' in text, text
    return Page(client, address, stands(text), "")


def test_a_late_one_saves_all_the_same_on_what_is_recorded_now(
    running: Any, client_of: Callable[..., Any], both: Callable[..., list[Any]]
) -> None:
    typed = {"action": "grant", "granted": "pharmacist", "site": running.site_ids[0]}
    pages = [people(running, client_of, "coordinator", {**typed, "duties": duty}) for duty in ("consent", "entry")]
    section = one_saved(both(*pages))
    assert pages[0].client.post(pages[0].address, carried(section)).status_code in (302, 303, 422)


def test_a_form_that_is_sent_twice_is_saved_once_and_is_nobody_elses(site: Site, client_of: Callable[..., Any]) -> None:
    opened, before = site.opened, site.opened.record.last_seq
    lock = Page.opened(client_of("data manager"), f"/{opened.id}/locks/?checklist=1", {"action": "freeze"}, "")
    role = people(opened, client_of, "coordinator", {"action": "grant", "granted": "pharmacist", "site": site.site})
    for page in (governed(site, "data manager", site.site, "no beds"), limits(site, "56"), lock, role):
        first, second = (page.send() for _ in range(2))
        assert first.status_code == second.status_code in (302, 303), page.address
    opened.catch_up()
    kinds = [type(one) for one in opened.reader().events(after_seq=before)]
    assert kinds == [AccrualSuspended, ReferenceRangeSet, Locked, RoleGranted]


@pytest.mark.parametrize("version", ["", "x", "-1", "\u0663", "9" * 40])
def test_a_form_about_a_patient_without_the_version_that_was_seen_is_not_saved(
    running: Any, client_of: Callable[..., Any], subject: str, version: str
) -> None:
    from adapters.edc.oversight.test_somebody_else_saved import deviation

    page = deviation(running, client_of, subject, running.record.subjects[subject].site)
    before = running.record.last_seq
    assert page.send(version=version).status_code == 422
    assert running.reader().head().seq == before


def test_a_file_is_read_in_once(
    running: Any, client_of: Callable[..., Any], subject: str, both: Callable[..., list[Any]]
) -> None:
    from adapters.edc.imports.test_import_pages import DAY, hidden, reviewed, table
    from trialwright.core.ledger import DataImported

    pages, before = [], running.record.last_seq
    for count in ("1.7", "1.9"):
        client = client_of("data manager")
        at, page = reviewed(client, running, table(running, (DAY, "ANC", count, "10*9/L"), subject=subject))
        seen = {name: hidden(page, name) for name in ("mark", "seen")}
        pages.append(Page(client, at, {"step": "confirm", "why": MINE, **seen}, ""))
    section = one_saved(both(*pages))
    assert subject in section
    assert len(events_of(running, DataImported, before)) == 1
