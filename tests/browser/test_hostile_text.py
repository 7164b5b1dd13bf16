"""Text that would be a program, typed into every field of every page: it is text, wherever it is shown afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser.crawling import Crawl, Seen, crawl
from browser.serving import Server, Watched, signed_in, sites
from trialwright.adapters.edc.access.roles import SITE_ROLES, Role

HOSTILE = "x\"'><script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>=1+1{{7*7}}</textarea>"
FORM = "main form[method=post]"
# Every field that takes text gets it; a choice takes its last option, a question its first answer.
FILL = """(text) => {
  const form = document.querySelector("main form[method=post]");
  for (const one of form.querySelectorAll("input, textarea, select")) {
    if (one.type === "hidden" || one.disabled || one.readOnly) continue;
    if (one.tagName === "SELECT") one.selectedIndex = one.options.length - 1;
    else if (one.type === "checkbox" || one.type === "radio") one.checked = true;
    else if (one.type !== "file" && one.type !== "password") one.value = text;
  }
}"""
NEVER = frozenset({"account_logout", "account_change_password", "mfa_deactivate_totp", "sign-in"})


@pytest.fixture(scope="module")
def hostile(serving: Callable[..., Server]) -> Server:
    """A study of its own: what is typed here stays in it."""
    return serving()


@pytest.fixture(scope="module")
def forms(chromium: Any, hostile: Server) -> Crawl:
    """Every page that somebody is led to."""
    lead, *_ = sites(hostile)
    places = {role: lead if role in SITE_ROLES else None for role in Role}

    def logins() -> Iterator[tuple[str, str | None, Any]]:
        for role, site in places.items():
            yield role.value, site, signed_in(chromium, hostile, role.value, site)

    return crawl(chromium, hostile.address, "/", logins())


def test_no_text_that_was_typed_anywhere_is_ever_run(
    forms: Crawl, hostile: Server, visit: Callable[..., Watched]
) -> None:
    visits: dict[tuple[str, str | None], Watched] = {}
    tried = 0
    for one in forms.pages.values():
        who = (one.role, one.site)
        watched = visits[who] if who in visits else visits.setdefault(who, visit(hostile, *who))
        watched.confirms, watched.expected = True, ("status of 4",)
        tried += one.html and one.name not in NEVER and typed(watched, one)
    assert tried > 20
    for one in forms.pages.values():
        if one.html and one.name not in NEVER:
            visits[one.role, one.site].page.goto(hostile.address + one.path)


def typed(watched: Watched, one: Seen) -> bool:
    """Type into the first form of the page and send it; whether it has one."""
    page = watched.page
    page.goto(watched.server.address + one.path)
    if not page.locator(FORM).count():
        return False
    page.evaluate(FILL, HOSTILE)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(FORM).first.evaluate("(form) => HTMLFormElement.prototype.submit.call(form)")
    page.wait_for_load_state("networkidle")
    return True
