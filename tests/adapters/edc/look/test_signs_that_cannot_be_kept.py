"""Words that people type: one spelling of each letter is kept, a sign that nobody sees is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from trialwright.adapters.edc.people import demonstration
from trialwright.core.oversight import items_now

TWO_SIGNS, ONE_SIGN = "re\u0301sume\u0301", "r\u00e9sum\u00e9"


class Place:
    """A page that takes words: who fills it in, where, and the rest of its form."""

    def __init__(self, name: str, running: Any) -> None:
        record = next(one for one in running.record.subjects.values() if one.registered)
        study, subject = f"/{running.id}", f"/{running.id}/subjects/{record.subject}"
        coordinator = demonstration.account_of("coordinator", record.site).person
        self.role, self.address, self.words, self.form = {
            "question": (
                "data manager", f"{subject}/queries/", "asks",
                {"action": "ask", "item": sorted(one.name for one in items_now(record))[0]},
            ),
            "review": ("monitor", f"{study}/audit/", "remark", {"first": "1", "last": "2"}),
            "trail taken out": ("auditor", f"{study}/audit/export/", "item", {"flavour": "faithful"}),
            "training": ("administrator", f"{study}/people/log/", "training",
                         {"person": coordinator, "on": running.today.isoformat()}),
            "role ended": ("administrator", f"{study}/people/{coordinator}/", "why",
                           {"action": "end", "ended": "coordinator", "site": record.site}),
            "link": ("administrator", f"{study}/people/{coordinator}/", "why",
                     {"action": "password", "again_password": demonstration.PASSWORD}),
            "invitation": ("administrator", f"{study}/people/invite/", "name",
                           {"email": "nurse@hospital.org", "granted": "coordinator", "site": record.site}),
        }[name]  # fmt: skip

    def send(self, client_of: Any, words: str, **more: str) -> Any:
        """What is answered to these words, under the key of the page."""
        client = client_of(self.role)
        page = client.get(self.address.replace("/export/", "/")).content.decode()
        told = {name: found[1] for name in ("key", "version")
                if (found := re.search(rf'name="{name}" value="([^"]*)"', page))}  # fmt: skip
        return client.post(self.address, {**self.form, **told, self.words: words, **more})


PLACES = ("question", "review", "trail taken out", "training", "role ended", "link", "invitation")


def written(running: Any) -> list[Any]:
    return [*running.reader().events(), *running.reader().events(chain_id="system")]


@pytest.mark.parametrize("name", PLACES)
def test_a_sign_that_nobody_types_is_said_and_nothing_is_saved(running, client_of, name) -> None:
    place, before = Place(name, running), len(written(running))
    answer = place.send(client_of, "a\0b")
    assert answer.status_code == 422 and "character that cannot be printed" in answer.content.decode()
    assert len(written(running)) == before


@pytest.mark.parametrize("name", PLACES)
def test_a_letter_of_two_signs_is_kept_as_the_one_it_is(running, client_of, name) -> None:
    place, before = Place(name, running), len(written(running))
    answer = place.send(client_of, TWO_SIGNS)
    new = written(running)
    assert answer.status_code in (200, 302, 303) and len(new) > before
    assert name == "trail taken out" or any(ONE_SIGN in vars(one).values() for one in new)


@pytest.mark.parametrize("name", PLACES)
def test_a_key_that_nobody_minted_is_none(running, client_of, name) -> None:
    place = Place(name, running)
    for key in ("a\0b", "x" * 5000, "\u202e"):
        assert place.send(client_of, "because", key=key).status_code in (200, 302, 303, 422)


def test_what_is_made_to_be_fetched_takes_no_such_key(client_of, running) -> None:
    asked = {"key": "a\0b", "kind": "figures", "cut": "not a day"}
    assert client_of("data manager").post(f"/{running.id}/trial/figures/", asked).status_code == 422
