"""Every page × method × role × relation answers as declared; what is not declared is not there.

The views are stood in for, so that each cell is about the door alone: a cell that is let in reaches the stand-in. That
the views themselves open for whom they are declared is `test_pages_open`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from matrix_cells import (
    AT_A_SITE,
    CENTRAL,
    DEACTIVATED,
    LET_IN,
    LOCKED,
    METHODS,
    NOBODY,
    NOT_THERE,
    OTHER_SITE,
    OTHER_STUDY,
    OWN,
    ROLES,
    WHOLE,
    Cell,
    address,
    cells,
)  # fmt: skip
from trialwright.adapters.edc.people import demonstration
from trialwright.core.ledger import Locked, PersonDeactivated, QueryOpened, SubjectScreened

CANARY = "canary-5d1f0b6e"
REACHED = "the view was reached"


@pytest.fixture
def stood_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of every page's view one that says it was reached; the door before it is the real one."""
    from django.http import HttpResponse

    from trialwright.adapters.edc.access.matrix import Page

    def reached(request: Any, desk: Any, **ids: str) -> HttpResponse:
        return HttpResponse(REACHED)

    monkeypatch.setattr(Page, "load", lambda page: reached)


def pages() -> tuple[Any, ...]:
    from trialwright.adapters.edc.access.matrix import pages as declared

    return declared()


class World:
    """Two studies served by one process, somebody of each role signed in, and the objects that paths name."""

    def __init__(self, serve: Callable[[str], Any], studies: tuple[str, str]) -> None:
        from trialwright.adapters.edc.desk import SERVED

        self.other = serve(studies[1])
        self.study = serve(studies[0])
        SERVED[self.other.id] = SERVED.pop(self.other.id)  # the first study first: its people sign in
        substudies = [one for one in self.versions()[-1].design.substudies if one.sites]
        self.substudy = substudies[0].id if substudies else "none"
        self.site = substudies[0].sites[0] if substudies else self.study.site_ids[0]
        self.elsewhere = next(site for site in self.study.site_ids if site != self.site)
        self.subject, self.locked = self._subjects(self.site)[0], f"{self.site}-900"
        self.stranger = self._subjects(self.elsewhere)[0]
        self._say(SubjectScreened, self.locked, self.site, version=self.study.trial.latest)
        self._say(Locked, self.locked, self.site, what="subject")
        self._say(QueryOpened, self.stranger, self.elsewhere, item="ecog/screening/value", asks=CANARY)
        self.accounts: dict[str, Any] = {}
        self.clients = {role: self.client(role) for role in ROLES}

    def versions(self) -> list[Any]:
        return [*self.study.trial.versions.values()]

    def client(self, role: str) -> Any:
        from django.test import Client

        client = Client()
        if role != NOBODY:
            demonstration.enter(client, self.account(role))
        return client

    def account(self, role: str) -> Any:
        if role not in self.accounts:
            self.accounts[role] = demonstration.account_of(role, self.site if role in AT_A_SITE else None)
        return self.accounts[role]

    def _subjects(self, site: str) -> list[str]:
        return [name for name, record in self.study.record.subjects.items() if record.site == site]

    def _say(self, kind: type[Any], subject: str, site: str, **said: Any) -> None:
        from trialwright.adapters.edc.access.roles import Role
        from trialwright.adapters.edc.desk.desk import unscoped

        person = demonstration.account_of("data manager").person
        desk = unscoped(self.study, person, self.study.roster.grants(person), Role.DATA_MANAGER)
        desk.save([desk.event(kind, subject=subject, site=site, **said)], desk.new_key())

    def address(self, cell: Cell) -> str:
        """The address of a cell's object."""
        study = self.other.id if cell.relation == OTHER_STUDY else self.study.id
        subjects = {
            OTHER_SITE: self.stranger, LOCKED: self.locked, NOT_THERE: "S00-999",
            OTHER_STUDY: next(iter(self.other.record.subjects)),
        }  # fmt: skip
        site = {OTHER_SITE: self.elsewhere, NOT_THERE: "S00"}.get(cell.relation, self.site)
        substudy = "none" if cell.relation == NOT_THERE else self.substudy
        subject = subjects.get(cell.relation, self.subject)
        return address(cell.page, study, subject=subject, site=site, substudy=substudy)


@pytest.fixture
def world(serve: Callable[[str], Any], studies: tuple[str, str]) -> World:
    return World(serve, studies)


@pytest.fixture
def served_by_a_server(
    request: pytest.FixtureRequest, made: Callable[[str], Any], studies: tuple[str, str], tmp_path: Path
) -> Iterator[Callable[[str], Any]]:
    """As `serve`, with the ledgers of both studies and the accounts in one database on a server."""
    models = {study: made(study) for study in studies}  # made in files, before there is a server
    request.getfixturevalue("on_postgres")
    from django.db import connections
    from django.test import override_settings

    from trialwright.adapters.edc.desk import SERVED, serve_study
    from trialwright.adapters.edc.settings import accounts_database
    from trialwright.adapters.edc.starting import prepare_accounts

    def begin(study: str) -> Any:
        folder = tmp_path / study
        shutil.copytree(models[study].folder, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
        rehearsed = [sys.executable, "-m", "trialwright", "rehearse", str(folder), "--patients", "6"]
        done = subprocess.run([*rehearsed, "--until", "mid-accrual"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        opened = serve_study(folder, loaded=models[study].loaded)
        opened.catch_up()
        demonstration.prepare(opened)
        return opened

    kept = connections.settings["default"]
    connections["default"].close()
    connections.settings["default"] = {**kept, **accounts_database(None)}
    del connections["default"]
    prepare_accounts()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield begin
    for opened in SERVED.values():
        opened.close()
    SERVED.clear()
    connections["default"].close()
    connections.settings["default"] = kept
    del connections["default"]


def answer(world: World, cell: Cell, client: Any = None) -> tuple[int, str]:
    """The status of a cell, `LET_IN` where the view was reached, and the body."""
    response = (client or world.clients[cell.role]).generic(cell.method, world.address(cell))
    body = response.content.decode()
    reached = response.status_code == 200 and (body == REACHED or (cell.method == "HEAD" and not body))
    return (LET_IN if reached else response.status_code), body


def differing(world: World, asked: list[Cell], fresh: bool = False) -> list[str]:
    """The cells that do not answer as declared, or whose refusal says something of the other site's subject."""
    wrong = []
    for cell in asked:
        status, body = answer(world, cell, world.client(cell.role) if fresh else None)
        if status != cell.expected:
            wrong.append(f"{cell.name}: {status}, declared {cell.expected}")
        if CANARY in body:
            wrong.append(f"{cell.name}: the refusal holds another site's data")
    return wrong


def elsewhere_in_the_substudy(world: World, cell: Cell) -> bool:
    """A sub-study's page of another site is asked by somebody of a site that is not in it."""
    return cell.page.about.name == "SUBSTUDY" and cell.relation == OTHER_SITE


def test_every_cell_answers_as_declared(world: World, stood_in: None) -> None:
    asked = [cell for cell in cells(pages()) if cell.relation != DEACTIVATED]
    asked = [cell for cell in asked if not elsewhere_in_the_substudy(world, cell)]
    expected = Counter(cell.expected for cell in asked)
    assert expected.keys() >= {LET_IN, 302, 403, 404, 405}, "every kind of answer is among those asked"
    assert {cell.role for cell in asked} == set(ROLES) and len(asked) > 10 * len(pages())
    assert differing(world, asked) == []


def test_every_cell_answers_as_declared_where_a_server_keeps_both_studies(
    served_by_a_server: Callable[[str], Any], studies: tuple[str, str], stood_in: None
) -> None:
    world = World(served_by_a_server, studies)
    asked = [cell for cell in cells(pages()) if cell.relation != DEACTIVATED]
    asked = [cell for cell in asked if not elsewhere_in_the_substudy(world, cell)]
    assert differing(world, asked if WHOLE else asked[::6]) == []


HOLES = {
    "the object's site is not asked": ("reaches", lambda *asked: True),
    "every method is answered": ("methods_of", lambda page: METHODS),
    "every role is let in": ("desk_for", None),
}
"""Holes planted in the door, each of which the cells must notice."""


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_door_is_noticed(
    world: World, stood_in: None, monkeypatch: pytest.MonkeyPatch, hole: str
) -> None:
    from django.core.exceptions import PermissionDenied

    from trialwright.adapters.edc.access import enforcing

    real = enforcing.desk_for

    def kind(request: Any, *asked: Any) -> Any:
        try:
            return real(request, *asked)
        except PermissionDenied:
            return None

    name, planted = HOLES[hole]
    monkeypatch.setattr(enforcing, name, planted or kind)
    asked = [cell for cell in cells(pages(), OWN, OTHER_SITE) if not elsewhere_in_the_substudy(world, cell)]
    assert differing(world, asked[:400])


def test_a_substudy_does_not_exist_for_another_site(world: World, stood_in: None) -> None:
    asked = [cell for cell in cells(pages(), OTHER_SITE) if elsewhere_in_the_substudy(world, cell)]
    assert asked
    away = {role: world.client(role) for role in (*CENTRAL, NOBODY)}
    for role in AT_A_SITE:
        away[role] = world.client(role)
        demonstration.sign_in(away[role], role, world.elsewhere)
    wrong = [cell.name for cell in asked if answer(world, cell, away[cell.role])[0] != cell.expected]
    assert wrong == []


def test_whoever_was_deactivated_is_asked_to_sign_in_whatever_they_open(world: World, stood_in: None) -> None:
    from trialwright.adapters.edc.people.told import said, tell

    signed_in = [world.client(role) for role in ROLES if role != NOBODY]
    people = {world.account(role).person for role in ROLES if role != NOBODY}
    tell(world.study, [said(world.study, PersonDeactivated, person=one, why="left") for one in sorted(people)])
    for client in signed_in:
        assert client.get("/").status_code == 302
    asked = [cell for cell in cells(pages(), DEACTIVATED) if cell.role != NOBODY]
    asked = asked if WHOLE else asked[::4]  # each needs a session of its own
    assert differing(world, asked, fresh=True) == []


def test_what_is_out_of_sight_reads_the_same_as_what_is_not_there(world: World, stood_in: None) -> None:
    page = next(one for one in pages() if one.name == "subject")
    bodies = []
    for relation in (OTHER_SITE, NOT_THERE, OTHER_STUDY):
        cell = Cell(page, "GET", "coordinator", relation)
        status, body = answer(world, cell)
        assert status == 404
        bodies.append(body.replace(world.address(cell), ""))
    strip = [without_token(body) for body in bodies]
    assert strip[0] == strip[1] == strip[2]


def without_token(body: str) -> str:
    import re

    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", body)


def test_the_canary_sings_where_it_may_be_read(world: World) -> None:
    body = world.clients["monitor"].get(f"/{world.study.id}/subjects/{world.stranger}/queries/").content.decode()
    assert CANARY in body


def test_no_form_is_taken_without_the_mark_of_its_page(world: World, stood_in: None) -> None:
    from django.test import Client

    for page in pages():
        if not page.write:
            continue
        role = page.write[0].value
        client = Client(enforce_csrf_checks=True)
        demonstration.enter(client, world.account(role))
        cell = Cell(page, "POST", role, OWN)
        assert answer(world, cell, client)[0] == 403, cell.name


# --- what is not declared ---------------------------------------------------------------------------------------------

OUTSIDE = ("", "healthz", "language/", "sign-in/", "account/", "about/", "feed/")
"""The beginnings of every address that is no page of a study."""


def test_there_is_no_address_that_is_not_declared() -> None:
    from django.urls import get_resolver

    inside, outside = [], []
    for one in get_resolver().url_patterns:
        if hasattr(one, "url_patterns"):
            inside += [str(each.pattern) for each in one.url_patterns]
        else:
            outside.append(str(one.pattern))
    declared = [("api/v1/" if page.api else "") + "<slug:study>/" + page.path for page in pages()]
    assert sorted(inside) == sorted(declared)
    strays = [one for one in outside if one and not one.startswith(OUTSIDE[1:])]
    assert strays == []


@pytest.mark.parametrize(
    "path", ["admin/", "accounts/login/", "accounts/signup/", "sign-in/signup/", "static/../accounts.sqlite3", "tests/"]
)
def test_what_others_left_open_is_not_there(world: World, path: str) -> None:
    for role in (NOBODY, "administrator"):
        assert world.clients[role].get("/" + path).status_code in (302, 404)
        assert world.clients[role].get("/" + path, follow=True).status_code in (200, 404)


def test_only_what_is_declared_open_is_reached_without_signing_in(world: World) -> None:
    from django.urls import get_resolver

    from trialwright.adapters.edc.access.matrix import OPEN

    for one in get_resolver().url_patterns:
        path = str(one.pattern)
        if hasattr(one, "url_patterns") or not path or path.split("/")[0] in (*OPEN, "feed"):
            continue
        at = "/" + path.replace("<int:session>", "1").replace("<int:token>", "1").replace("<int:pk>", "1")
        answer = world.clients[NOBODY].get(at)
        assert (answer.status_code, answer.headers.get("Location", "")[:9]) == (302, "/sign-in/"), at


def test_the_names_of_pages_and_their_paths_are_each_given_once() -> None:
    assert len({page.name for page in pages()}) == len({(page.api, page.path) for page in pages()}) == len(pages())
