"""A session that locks while somebody types: what was typed is there after the password, and is saved once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from browser.ageing import aged
from browser.at_a_site import Site, donors, save, sent
from browser.serving import PASSWORD, Server, Watched
from browser.test_when_saving_goes_wrong import a_measured_form, another, change, field, history


@pytest.fixture
def site(fresh: Server, visit: Callable[..., Watched]) -> Site:
    """A site on the day after the last entry."""
    donor = donors(fresh)[0]
    return Site(fresh, visit, donor, donor.last_recorded + timedelta(days=1))


def unlock(page: Any) -> Any:
    """Give the password that the lock asks for."""
    page.locator("input[name=unlock_password]").fill(PASSWORD)
    return sent(page, "main form:has(input[name=unlock_password]) .acts button")


def test_what_was_typed_before_a_lock_is_in_the_form_after_it_and_a_save_into_the_lock_goes_on(site: Site) -> None:
    watched = site.page("coordinator")
    watched.expected = ("status of 401", "status of 403")
    path, name, value = a_measured_form(site, watched)
    page, first, second = watched.open(path), another(value, 1), another(value, 2)

    change(page, name, first)
    page.wait_for_function("Object.keys(localStorage).some((one) => one.startsWith('trialwright-draft|'))")
    aged(site.server, page, 16)
    with page.expect_navigation():
        field(page, name).press("End")
        field(page, name).type("0")  # the check as one types finds the session locked
    assert "/account/unlock/" in page.url
    unlock(page)
    assert path in page.url, "back on the form"
    assert field(page, name).input_value() == f"{first}0"
    field(page, name).fill(first)
    save(page)
    told = history(watched, site, name)
    assert told.count("the source says so") == 1 and first in told

    page = watched.open(path)
    page.locator("#reason").select_option(index=1)
    page.locator("#why").fill("read again in the source")
    field(page, name).fill(second)
    page.wait_for_timeout(1500)  # the check as one types is through
    aged(site.server, page, 16)
    answer = sent(page, "#entry .save button")
    assert answer.status == 403
    assert "goes on with your password" in page.locator("main").inner_text()
    assert unlock(page).status < 400
    assert page.locator(".saved").count() == 1, "saved, on the form's own page"
    assert path in page.url
    assert history(watched, site, name).count("read again in the source") == 1
