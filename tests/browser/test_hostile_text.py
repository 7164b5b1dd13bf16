"""Text that would be a program, typed into every field of every page: it is text, wherever it is shown afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser.crawling import Crawl, Seen, crawl
from browser.serving import Server, Watched, signed_in, sites
from hostile_words import SCRIPTS, Sending, forms_of
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
WHOLE = os.environ.get("TRIALWRIGHT_HOSTILE") == "whole"
TRIED = SCRIPTS if WHOLE else SCRIPTS[1::45]
CONTROL = "control"
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


def test_no_answer_to_a_hostile_text_would_run_even_if_nothing_forbade_it(
    forms: Crawl, hostile: Server, chromium: Any
) -> None:
    """The answers are shown by themselves, where no policy of content holds and scripts are run."""
    bare, said, asked = chromium.new_context(), list[str](), 0
    page = bare.new_page()
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.route("**/*", lambda route: route.abort())
    heard(page)
    assert said == [CONTROL], "what is run here is heard"
    for one in (each for each in forms.pages.values() if each.html and each.name not in NEVER):
        context = chromium.new_context(storage_state=signed_in(chromium, hostile, one.role, one.site))
        for form in forms_of(context.request.get(hostile.address + one.path).text()):
            for script in TRIED if form.texts else ():
                shown, asked = sent(context.request, hostile.address, one.path, form, script), asked + 1
                page.set_content(shown, wait_until="domcontentloaded")
                assert said == [CONTROL], f"{one.name}: {script}"
        context.close()
    heard(page)
    assert said == [CONTROL, CONTROL]
    assert asked > 20
    bare.close()


def heard(page: Any) -> None:
    """A script that is run here, and is waited for."""
    with page.expect_event("dialog"):
        page.set_content(f"<img src=x onerror=alert('{CONTROL}')>")


def sent(asking: Any, address: str, path: str, form: Sending, script: str) -> str:
    """The answer to a form with this text in every field that takes text."""
    at = form.action if form.action.startswith("/") else path.partition("?")[0] + form.action
    answer = asking.post(address + at, form=form.filled(script), headers={"Referer": address + path})
    assert answer.status < 500, f"{at} answered {answer.status}"
    return str(answer.text())
