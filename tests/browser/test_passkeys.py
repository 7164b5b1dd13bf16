"""Passkeys, by the browser's own virtual authenticator: set up, signed in with, lost, replaced, shown before signing.

A real person, invited by an administrator's page: the ready-made logins need no second component of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.ageing import aged
from browser.at_a_site import sent
from browser.serving import Server, Watched

PASSWORD = "four words of a nurse"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Device:
    """Somebody's telephone, as the browser sees it: it holds passkeys, and can be lost."""

    def __init__(self, page: Any) -> None:
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        self.id = self._new()

    def _new(self) -> str:
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return str(made["authenticatorId"])

    @property
    def passkeys(self) -> int:
        """How many it holds."""
        held = self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return len(held["credentials"])

    def lose(self) -> None:
        """It is gone, and another one is bought that holds nothing."""
        self.devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
        self.id = self._new()


@pytest.fixture
def invited(fresh: Server, visit: Callable[..., Watched]) -> tuple[Watched, str]:
    """An investigator who was invited, at the page where the link leads; and the e-mail."""
    from browser.serving import sites

    email = "ada@hospital.example.org"
    page = visit(fresh, "administrator").open("people/invite/")
    page.locator("#f-name").fill("Ada Nurse")
    page.locator("input[name=email]").fill(email)
    page.locator("select[name=granted]").select_option("investigator")
    page.locator("select[name=site]").select_option(sites(fresh)[0])
    sent(page, "main form[method=post] .acts button")
    watched = visit(fresh, None)
    link = page.locator("code.long").inner_text()
    watched.open(link.removeprefix(fresh.address))
    return watched, email


def go(page: Any) -> Any:
    """Let the page ask the browser for the passkey."""
    return sent(page, "[data-passkey-go]")


def set_password(page: Any) -> None:
    """Set the first password."""
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=again]").fill(PASSWORD)
    sent(page, "main form[method=post] .acts button")


def first_step(watched: Watched, email: str) -> None:
    """Name and password; the second step is asked for next."""
    page = watched.open("/sign-in/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    sent(page, "main form[method=post] .acts button")


def sign_out(watched: Watched) -> None:
    """Leave this browser's session behind."""
    watched.page.context.clear_cookies()


def test_a_passkey_is_set_up_signed_in_with_lost_and_replaced(invited: tuple[Watched, str]) -> None:
    watched, email = invited
    page = watched.page
    watched.expected = ("status of 404", "status of 422")
    device = Device(page)
    set_password(page)
    first_step(watched, email)
    assert page.url.endswith("/account/second-step/"), "a password alone leads to the set-up and nowhere else"
    page.locator("a[href$='/second-step/passkey/']").click()
    go(page)
    codes = page.locator("ul.codes code").all_inner_texts()
    assert (device.passkeys, len(codes)) == (1, 10)

    sign_out(watched)
    first_step(watched, email)
    assert page.url.endswith("/sign-in/second-step/")
    go(page)
    assert page.url.endswith("/today/"), "signed in by the passkey"
    page = watched.open("/account/second-step/")
    assert page.locator("main a[href*='/remove/']").count() == 0, "the last component has no way out"
    assert page.goto(f"{watched.server.address}/account/second-step/passkey/1/remove/").status == 404
    assert page.goto(f"{watched.server.address}/account/second-step/app/remove/").status == 404

    device.lose()
    sign_out(watched)
    first_step(watched, email)
    page.locator("[data-passkey-go]").click()
    page.locator("[data-passkey-failed]:not([hidden])").wait_for()
    page.locator("input[name=code]").fill(codes[0])
    sent(page, "main form:has(input[name=code]) button")
    assert page.url.endswith("/today/"), "a recovery code stands in for it, once"
    page = watched.open("/account/second-step/passkey/")
    page.locator("input[name=name]").fill("New telephone")
    go(page)
    page = watched.open("/account/second-step/")
    page.locator("main a[href*='/remove/']").first.click()
    sent(page, "main form[method=post] button")
    text = page.locator("main").inner_text()
    assert "New telephone" in text and "9 codes are left" in text
    assert page.locator("main a[href*='/remove/']").count() == 0, "the new one is the last again"

    sign_out(watched)
    first_step(watched, email)
    page.locator("input[name=code]").fill(codes[0])
    assert sent(page, "main form:has(input[name=code]) button").status == 422, "each code is good once"
    go(page)
    assert page.url.endswith("/today/"), "the new passkey signs in"


def test_a_signature_asks_for_the_password_and_later_for_the_passkey_too(invited: tuple[Watched, str]) -> None:
    """21 CFR 11.200: two components at each signing."""
    watched, email = invited
    page = watched.page
    watched.expected = ("status of 422",)
    Device(page)
    set_password(page)
    first_step(watched, email)
    page.locator("a[href$='/second-step/passkey/']").click()
    go(page)
    subject = watched.open("subjects/").locator("main a[href*='/subjects/']").first.inner_text().strip()
    path = f"subjects/{subject}/sign/?what=eligibility"

    page = watched.open(path)
    assert page.locator("input[name=again_code]").count() == 0, "the passkey was shown just now"
    aged(watched.server, page, 16)
    watched.open(path)
    page.locator("input[name=unlock_password]").fill(PASSWORD)
    sent(page, "main form:has(input[name=unlock_password]) .acts button")
    assert page.url.endswith("/sign/?what=eligibility"), "unlocked, where it was"
    page.locator("input[name=meaning]").last.check()
    page.locator("input[name=again_password]").fill(PASSWORD)
    assert sent(page, "#mine .acts button").status == 422, "the password alone does not sign"
    watched.confirms = True  # the chosen meaning is left behind
    page.get_by_role("link", name="Show your passkey").click()
    go(page)
    assert page.url.endswith("/sign/?what=eligibility"), "and back to what is signed"
    page.locator("input[name=meaning]").last.check()
    page.locator("input[name=again_password]").fill(PASSWORD)
    assert sent(page, "#mine .acts button").status < 400
    assert "Ada Nurse (investigator)" in page.locator("section[aria-labelledby=signed]").inner_text()
