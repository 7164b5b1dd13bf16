"""Both steps, each page of it, in the order in which a new person meets them."""

from __future__ import annotations

import re

from signing_in import Someone, in_of

OWN_PAGES = [
    "/account/", "/account/password/", "/account/sign-out/", "/account/tokens/", "/account/second-step/",
    "/account/second-step/app/remove/", "/account/second-step/passkey/", "/account/second-step/codes/",
    "/account/second-step/codes/new/", "/account/unlock/",
]  # fmt: skip


def test_a_new_person_sets_a_password_then_a_second_component_and_only_then_comes_in(someone: Someone) -> None:
    assert someone.client.get(someone.link.path).status_code == 200
    assert someone.set_password().status_code == 200
    assert someone.sign_in().status_code == 302
    assert not in_of(someone.client)
    assert someone.client.get("/account/").headers["Location"].startswith("/account/second-step/")
    assert someone.set_up_app().headers["Location"] == "/account/second-step/codes/"
    codes = someone.client.get("/account/second-step/codes/").content.decode()
    assert codes.count("<li><code>") == 10
    assert "<li><code>" not in someone.client.get("/account/second-step/codes/").content.decode()
    assert in_of(someone.client)


def test_each_page_of_ones_own_account_opens(someone: Someone) -> None:
    someone.arrive()
    for address in OWN_PAGES:
        page = someone.client.get(address)
        assert page.status_code == 200, address
        assert not re.search(r"\d\d:\d\d, \d\d:\d\d", page.content.decode()), "an instant is told once"
        assert "<script>" not in page.content.decode() and "style=" not in page.content.decode(), address
