"""A connection that is lost while somebody types, and two people who change one value: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from browser.at_a_site import Site, donors, save, sent
from browser.serving import Server, Watched

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource", "Failed to fetch")


@pytest.fixture
def site(fresh: Server, visit: Callable[..., Watched]) -> Site:
    """A site on the day after the last entry."""
    donor = donors(fresh)[0]
    return Site(fresh, visit, donor, donor.last_recorded + timedelta(days=1))


def a_measured_form(site: Site, watched: Watched) -> tuple[str, str, str]:
    """A form of the donor with a measured value: its address, the field's name and what is recorded."""
    for key in site.planned("coordinator"):
        path = f"subjects/{site.donor.subject}/forms/{key}/"
        page = watched.open(path)
        fields = page.locator("#entry .how:has(select) input.number")
        for one in fields.all():
            if one.is_visible() and one.input_value():
                return path, str(one.get_attribute("name")), one.input_value()
    raise AssertionError("no form of the donor has a measured value")


def another(value: str, by: int) -> str:
    """A value close to another one: the last digit differs."""
    return value[:-1] + str((int(value[-1]) + by) % 10)


def field(page: Any, name: str) -> Any:
    """The control of an item."""
    return page.locator(f'#entry [name="{name}"]:not([type=hidden])').first


def change(page: Any, name: str, value: str) -> None:
    """Correct a value, with a reason."""
    field(page, name).fill(value)
    page.locator("#reason").select_option(index=1)
    page.locator("#why").fill("the source says so")


def history(watched: Watched, site: Site, name: str) -> str:
    """The page of every value the item had."""
    item = name.partition(":")[2]
    return str(watched.open(f"subjects/{site.donor.subject}/items/{item}/").locator("main").inner_text())


def test_what_is_typed_without_a_connection_is_kept_and_saved_once_when_it_is_back(site: Site) -> None:
    watched = site.page("coordinator")
    watched.expected = OFFLINE
    path, name, value = a_measured_form(site, watched)
    page, typed = watched.open(path), another(value, 1)
    change(page, name, typed)

    page.context.set_offline(True)
    page.locator("#entry .save button").click()
    page.locator("#draft-note:not([hidden])").wait_for()
    assert field(page, name).input_value() == typed, "what was typed still stands in the form"
    assert "not saved" in page.locator("#draft-note").inner_text()

    with page.expect_navigation():
        page.context.set_offline(False)
    page.locator(".saved").wait_for()
    told = history(watched, site, name)
    assert typed in told and value in told
    assert told.count("the source says so") == 1


def test_what_was_typed_is_back_after_the_browser_was_closed(site: Site) -> None:
    watched = site.page("coordinator")
    watched.expected = OFFLINE
    path, name, value = a_measured_form(site, watched)
    page, typed = watched.open(path), another(value, 1)
    change(page, name, typed)
    page.wait_for_function("Object.keys(localStorage).some((one) => one.startsWith('trialwright-draft|'))")

    page = watched.open("subjects/")
    page = watched.open(path)
    assert field(page, name).input_value() == typed
    assert page.locator("#draft-note:not([hidden])").count() == 1
    save(page)
    assert not page.evaluate("Object.keys(localStorage).some((one) => one.startsWith('trialwright-draft|'))")
    assert typed in history(watched, site, name)


def test_a_stale_save_shows_both_values_and_writes_the_one_that_is_chosen(site: Site) -> None:
    coordinator, investigator = site.page("coordinator"), site.page("investigator")
    coordinator.expected = investigator.expected = ("status of 409", "status of 422")
    path, name, value = a_measured_form(site, coordinator)
    theirs, mine = another(value, 1), another(value, 2)
    mine_page = coordinator.open(path)
    their_page = investigator.open(path)

    change(their_page, name, theirs)
    save(their_page)
    change(mine_page, name, mine)
    answer = sent(mine_page, "#entry .save button")
    assert answer.status == 409
    shown = mine_page.locator("main").inner_text()
    assert value in shown and theirs in shown and mine in shown, "what stood there, theirs and mine"
    assert mine not in history(investigator, site, name), "nothing was written"

    mine_page.locator("input[type=radio][value=mine]").first.check()
    assert sent(mine_page, "main form[method=post] .acts button").status < 400
    told = history(investigator, site, name)
    assert value in told and theirs in told and mine in told, "the history keeps all three"
