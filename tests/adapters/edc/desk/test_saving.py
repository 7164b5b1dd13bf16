"""A desk saves in the person's own name, in roles held where it happened, and not after the role was taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DataError

from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import QueryOpened, RoleEnded
from trialwright.store.canonical import NotCanonical
from trialwright.store.errors import NotAuthorised


def desk_of(opened: Any, role: str, site: str) -> Desk:
    from trialwright.adapters.edc.people import demonstration

    person = demonstration.account_of(role, site).person
    grants = opened.roster.grants(person)
    return Desk(opened, person, Role(role), frozenset({Role(role)}), grants)


def question(desk: Desk, subject: str, **more: Any) -> QueryOpened:
    return desk.event(QueryOpened, subject=subject, item="anc/c1d1/value", asks="Is this right?", **more)


def own_and_other(opened: Any) -> tuple[str, str, str]:
    """A subject, its site, and a subject of another site."""
    there = opened.record.subjects
    own = min(there)
    site = there[own].site
    return own, site, next(name for name in sorted(there) if there[name].site != site)


def test_an_event_about_a_patient_of_the_own_site_is_saved(running: Any) -> None:
    own, site, _ = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    assert desk.save([question(desk, own)], "one").seqs


def test_an_event_about_a_patient_of_another_site_is_refused_whatever_site_it_names(running: Any) -> None:
    own, site, other = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    for event in (question(desk, other), replace(question(desk, own), subject=other)):
        with pytest.raises(NotAuthorised):
            desk.save([event], f"two-{event.site}")


def test_an_event_in_the_name_of_another_person_is_refused(running: Any) -> None:
    own, site, _ = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    with pytest.raises(NotAuthorised):
        desk.save([replace(question(desk, own), actor="somebody")], "three")


def test_an_event_in_a_role_that_is_not_held_is_refused(running: Any) -> None:
    own, site, _ = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    with pytest.raises(NotAuthorised):
        desk.save([replace(question(desk, own), role="investigator")], "four")


def test_one_event_that_may_not_be_said_keeps_all_of_the_save_out(running: Any) -> None:
    own, site, other = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    before = running.record.last_seq
    with pytest.raises(NotAuthorised):
        desk.save([question(desk, own), question(desk, other)], "five")
    running.catch_up()
    assert running.record.last_seq == before


def test_a_role_that_was_taken_back_while_the_page_was_open_saves_nothing(running: Any) -> None:
    own, site, _ = own_and_other(running)
    desk, administrator = desk_of(running, "coordinator", site), desk_of_administrator(running)
    ended = administrator.event(RoleEnded, site=site, person=desk.person.id, ended="coordinator", why="left")
    administrator.save([ended], "end")
    with pytest.raises(NotAuthorised):
        desk.save([question(desk, own)], "six")


def desk_of_administrator(opened: Any) -> Desk:
    from trialwright.adapters.edc.people import demonstration

    person = demonstration.account_of("administrator").person
    return Desk(opened, person, Role.ADMINISTRATOR, frozenset({Role.ADMINISTRATOR}), opened.roster.grants(person))


def test_of_several_saves_that_wait_together_one_that_is_refused_leaves_the_others_in(running: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    own, site, other = own_and_other(running)
    desk = desk_of(running, "coordinator", site)

    def save(number: int) -> str:
        try:
            desk.save([question(desk, other if number % 4 == 0 else own)], f"many-{number}")
        except NotAuthorised:
            return "refused"
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(save, range(24)))
    assert told == ["refused" if number % 4 == 0 else "saved" for number in range(24)]


def test_who_waits_for_a_ledger_that_cannot_be_opened_is_told_so_and_the_next_save_goes_in(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from trialwright.adapters.edc.desk import opened
    from trialwright.store.errors import LedgerBusy

    own, site, _ = own_and_other(running)
    desk = desk_of(running, "coordinator", site)
    running.close()

    def refuse(*_: Any, **__: Any) -> Any:
        raise LedgerBusy("Another process is writing.")

    running.reader()
    with monkeypatch.context() as patched:
        patched.setattr(opened, "open_study", refuse)
        with ThreadPoolExecutor(12) as pool:
            told = [pool.submit(running.save, desk_submission(desk, own, number)) for number in range(24)]
            assert all(isinstance(one.exception(timeout=30), LedgerBusy) for one in told)
    assert desk.save([question(desk, own)], "afterwards").seqs


def desk_submission(desk: Desk, subject: str, number: int) -> Any:
    from trialwright.store import Submission

    return Submission(f"waiting-{number}", desk.resolved([question(desk, subject)]), recorded_at=desk.now)


@pytest.mark.parametrize("wrong", [NotCanonical("a NUL"), DataError("text fields cannot contain NUL")])
def test_what_cannot_be_spelled_is_no_failure_of_the_program(running: Any, wrong: Exception) -> None:
    """The net under the doors, each of which says so by its field."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from trialwright.adapters.edc.middleware import Calm

    request = RequestFactory().post(f"/{running.id}/queries/", {"text": "a\0"})
    answer = Calm(lambda _: HttpResponse()).process_exception(request, wrong)
    assert answer is not None and answer.status_code == 400


@pytest.mark.parametrize("key", ["a\\000b", "", "é" * 32, "' or 1=1 --", "z" * 32])
def test_a_cookie_that_is_no_key_of_a_session_is_nobodys(running: Any, key: str) -> None:
    from django.conf import settings
    from django.test import Client

    answer = Client().get(f"/{running.id}/today/", HTTP_COOKIE=f'{settings.SESSION_COOKIE_NAME}="{key}"')
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_a_save_that_waits_with_the_end_of_its_persons_role_is_not_written_after_it(running: Any) -> None:
    """They would share a transaction; who may save is asked anew for each."""
    from trialwright.adapters.edc.desk.writing import Job
    from trialwright.store import Submission

    own, site, _ = own_and_other(running)
    desk, administrator = desk_of(running, "coordinator", site), desk_of_administrator(running)
    ended = administrator.event(RoleEnded, site=site, person=desk.person.id, ended="coordinator", why="left")
    asked = question(desk, own)
    jobs = [
        Job(Submission(key, said, recorded_at=desk.now), lambda by=by, said=said: by._may_say(said))
        for key, by, said in (
            ("end", administrator, administrator.resolved([ended])),
            ("ask", desk, desk.resolved([asked])),
        )
    ]
    running._writing._waiting.extend(jobs)
    running._writing._write_the_oldest()
    assert jobs[0].receipt is not None, jobs[0].wrong
    assert isinstance(jobs[1].wrong, NotAuthorised), jobs[1].receipt


def test_what_a_stale_save_differs_in_is_the_same_whether_or_not_it_is_known_when_items_came(running: Any) -> None:
    """What is folded only spares a look through the whole stream."""
    from trialwright.core.ledger import Change, FormCorrected, FormSubmitted
    from trialwright.store.errors import StaleVersion

    own, site, _ = own_and_other(running)
    desk = desk_of(running, "coordinator", site)

    def form(*items: Change, kind: Any = FormSubmitted, **more: Any) -> Any:
        return desk.event(kind, subject=own, form="remark", items=items, **more)

    old, new, mine = (f"comment/{name}/value" for name in ("old", "new", "mine"))
    desk.save([form(Change(old, None, "one"))], "a")
    running.catch_up()
    base = {f"subject:{own}": running.reader().version(f"subject:{own}")}
    desk.save([form(Change(new, None, "theirs"))], "b")
    desk.save([form(Change(old, "one", "two"), kind=FormCorrected, why="read wrongly")], "c")
    with pytest.raises(StaleVersion) as refusal:
        desk.save([form(Change(mine, None, "mine"))], "d", base)
    told = refusal.value.differences
    assert {(one.path, one.base, one.theirs, one.mine) for one in told} == {
        (old, "one", "two", "one"),
        (new, None, "theirs", None),
        (mine, None, None, "mine"),
    }
    running.reader().compare(refusal.value)
    assert refusal.value.differences == told
