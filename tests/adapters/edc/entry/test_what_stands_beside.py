"""A new patient from screening on: what stands beside an item, whose word is waited for, and what comes next."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location("browsing", Path(__file__).parent / "browsing.py")
assert _spec and _spec.loader
browsing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(browsing)
fields_of = browsing.fields_of
WAITS, SAYS = "answered by the coordinator; it counts when the investigator says so", "data-says="


@dataclass
class New:
    """A patient who was screened a moment ago, and the people of their site."""

    opened: Any
    sign_in: Callable[..., Any]
    site: str
    subject: str

    def get(self, role: str, rest: str = "") -> Any:
        return self.sign_in(role, self.site).get(f"/{self.opened.id}/subjects/{self.subject}/{rest}")

    def save(self, role: str, rest: str, **typed: str) -> Any:
        sent = {**fields_of(self.get(role, rest)), **typed}
        return self.sign_in(role, self.site).post(f"/{self.opened.id}/subjects/{self.subject}/{rest}", sent)


@pytest.fixture
def new(running: Any, client_of: Callable[..., Any]) -> New:
    site = next(one for one in running.site_ids if any(r.site == one for r in running.record.subjects.values()))
    client, address = client_of("coordinator", site), f"/{running.id}/decide/screen/"
    page = client.get(address)
    never = next(part for part in page.content.decode().split("<select")[1:] if "no, never" in part)
    name, code = re.search(r'name="([^"]+)"', never), re.search(r'value="([^"]*)"[^>]*>no, never', never)
    assert name and code
    answer = client.post(address, {**fields_of(page, ""), name[1]: code[1]})
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    running.catch_up()
    return New(running, client_of, site, answer["Location"].rstrip("/").rpartition("/")[2])


@pytest.fixture
def question(new: New) -> str:
    """A question of the first form that counts when the investigator says so, as a path of its concept and instance."""
    protocol = new.opened.trial.versions[new.opened.trial.latest]
    judged = {one.id for one in protocol.asks if "investigator" in one.signers}
    fields = fields_of(new.get("coordinator", "forms/screening/"))
    return next(one[2:].rpartition("/")[0] for one in fields if one[2:].partition("/")[0] in judged)


def test_the_next_step_of_a_new_patient_is_the_form_that_is_open(new: New) -> None:
    for role in ("coordinator", "investigator"):
        acts = new.get(role).content.decode().partition('<div class="acts">')[2].partition("</div>")[0]
        first = re.search(r'href="([^"]+)">([^<]+)', acts)
        assert first and first[1].endswith("/forms/screening/") and first[2] == "Enter: Screening"
    assert (
        "Enter: Screening"
        not in new.sign_in("monitor").get(f"/{new.opened.id}/subjects/{new.subject}/").content.decode()
    ), "a monitor enters nothing"


def test_an_answer_that_waits_for_the_investigator_says_so_and_is_confirmed_in_one_click(
    new: New, question: str
) -> None:
    form = "forms/screening/"
    assert WAITS not in new.get("coordinator", form).content.decode()
    assert new.save("coordinator", form, **{f"v:{question}/value": "yes"}).status_code == 303
    own, other = (new.get(role, form).content.decode() for role in ("coordinator", "investigator"))
    assert WAITS in own and SAYS not in own
    assert WAITS in other and other.count(SAYS) == 1
    today = new.sign_in("investigator", new.site).get(f"/{new.opened.id}/today/").content.decode()
    assert f"/{new.opened.id}/subjects/{new.subject}/forms/" in today.partition("To grade and to judge")[2]
    name, role = re.search(r'data-says="([^"]+)" data-role="([^"]+)"', other).groups()  # type: ignore[union-attr]
    typed = {f"v:{question}/by": unescape(name), f"v:{question}/role": role}
    assert new.save("investigator", form, **typed).status_code == 303
    assert WAITS not in new.get("investigator", form).content.decode()


def test_some_without_any_is_pointed_out_and_limits_by_sex_are_not_called_missing(new: New) -> None:
    form, asked = "forms/screening/", "none is recorded: add each of them"
    before = new.get("coordinator", form)
    review = next(name for name in fields_of(before) if name.endswith("_review/screening/value"))
    assert asked not in before.content.decode()
    assert new.save("coordinator", form, **{review: "listed"}).status_code == 303
    assert new.get("coordinator", form).content.decode().count(asked) == 1
    depends = "depend on sex or age, which are not recorded yet"
    ranges = new.opened.record.sites[new.site].ranges
    by_sex = {one.analyte for one in ranges if one.sex}
    assert before.content.decode().count(depends) == len(by_sex)
    assert new.save("coordinator", form, **{"v:sex/screening/value": "male"}).status_code == 303
    assert depends not in new.get("coordinator", form).content.decode()


def test_the_page_that_anybody_may_read_is_linked_where_people_sign_in(running: Any) -> None:
    from django.test import Client

    page = Client().get("/sign-in/").content.decode()
    assert f'href="/about/{running.id}/"' in page
    assert Client().get(f"/about/{running.id}/").status_code == 200
