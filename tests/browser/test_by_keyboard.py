"""A patient screened, a form refused and mended, a record added and taken back, without a mouse; wide and narrow.

Every stop of the Tab key is looked at: it can be seen, it says that it has the focus, and the bar with Save is not
over it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from browser.at_a_site import READ, UNFOLD, Site, donors, moved, renamed
from browser.serving import Server, Watched

WIDTHS = ((1440, 900), (360, 740))
MOST_STOPS = 400
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 10), box.top + Math.min(box.height / 2, 300));
  const label = one.closest('label');
  const seen = at && (one.contains(at) || at.contains(one) || (label && label.contains(at)));
  const ring = (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none';
  const name = one.name || one.id || one.getAttribute('href') || one.textContent.trim().slice(0, 30);
  const by = at ? `${at.tagName} ${at.className} at ${box.top} of ${innerHeight}` : 'nothing';
  return { name: one.tagName + ' ' + name, seen: !!seen, by, ring };
}"""
CHOSEN = "() => { const at = document.activeElement; return [at.value, at.type !== 'radio' || at.checked]; }"


class Keyboard:
    """Hands that have no mouse."""

    def __init__(self, page: Any) -> None:
        self.page, self.key = page, page.keyboard

    def tab(self) -> str:
        """The next stop; it can be seen, and says that it is the one."""
        self.key.press("Tab")
        at = self.page.evaluate(FOCUS)
        assert at is not None, "the focus is nowhere"
        assert at["seen"], f"{self.page.url}: {at['name']} is covered by {at['by']}"
        assert at["ring"], f"{self.page.url}: {at['name']} does not show that it has the focus"
        return str(at["name"])

    def to(self, selector: str) -> None:
        """Tab until there."""
        for _ in range(MOST_STOPS):
            if self.page.evaluate("(it) => document.activeElement.matches(it)", selector):
                return
            self.tab()
        raise AssertionError(f"{self.page.url}: no way to {selector}")

    def enter(self, name: str, value: str) -> None:
        """Type a value, or choose it with the arrows."""
        self.to(f'[name="{name}"]')
        kind = self.page.evaluate("() => document.activeElement.type")
        if kind not in ("radio", "select-one"):
            self.key.press("Control+a")
            self.key.type(value)
            return
        for _ in range(40):
            at, chosen = self.page.evaluate(CHOSEN)
            if at == value and chosen:
                return
            self.key.press("Space" if at == value else "ArrowDown")
        raise AssertionError(f"{self.page.url}: {name} cannot be {value}")

    def follow(self, key: str = "Enter") -> Any:
        """Press a key that leads to another page."""
        with self.page.expect_navigation(timeout=60_000) as seen:
            self.key.press(key)
        self.page.wait_for_load_state()
        return seen.value


@pytest.fixture
def site(fresh: Server, visit: Callable[..., Watched]) -> Site:
    """A site on the day after the last entry."""
    donor = donors(fresh)[0]
    return Site(fresh, visit, donor, donor.last_recorded + timedelta(days=1))


def screened(site: Site, watched: Watched) -> str:
    """A new patient, by the page of screening."""
    page = watched.open("decide/screen/")
    hands = Keyboard(page)
    assert "main" in hands.tab()
    hands.key.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main", "past the menu in one step"
    day = (site.today - (site.donor.first_dose - site.donor.screened)).isoformat()
    for name, value in (("occurred", day), ("before", "never"), ("document", "form 1")):
        hands.enter(name, value)
    hands.to("main .acts button")
    hands.follow()
    if page.locator("main input[name=confirmed]").count():
        hands.to("main .acts button")
        hands.follow()
    return str(page.url.partition("#")[0].rstrip("/").rpartition("/")[2])


def a_form_refused_and_mended(site: Site, watched: Watched, subject: str) -> None:
    """The donor's screening, with one number that is none."""
    key = site.planned("coordinator")[0]
    values = watched.open(f"subjects/{site.donor.subject}/forms/{key}/").evaluate(READ)
    page = watched.open(f"subjects/{subject}/forms/{key}/")
    numbers = [(name, text) for name, text in values if page.locator(f'input.number[name="{name}"]').count()][:3]
    chosen = [(name, text) for name, text in values if page.locator(f'#entry input[type=radio][name="{name}"]').count()]
    hands, (wrong, right) = Keyboard(page), numbers[0]
    visit = [(name, moved(text, site.shift)) for name, text in values if name.startswith("v:visit/")]
    for name, text in (*visit, *numbers):
        hands.enter(name, "abc" if name == wrong else text)
    assert hands.follow("Control+Enter").status == 422
    assert page.evaluate("() => document.activeElement.id") == "wrong", "what is wrong is read first"
    at = page.locator(f'[name="{wrong}"]').get_attribute("id")
    hands.to(f'#wrong a[href="#{at}"]')
    hands.key.press("Enter")
    assert page.evaluate("() => document.activeElement.name") == wrong
    assert page.evaluate(FOCUS)["seen"], "the wrong field is in sight"
    assert page.locator(f'[name="{wrong}"]').input_value() == "abc", "what was typed stands"
    hands.enter(wrong, right)
    hands.key.press("Enter")
    assert page.evaluate("() => document.activeElement.name") != wrong, "Enter goes on"
    for name, text in [one for one in chosen if one not in visit][:2]:
        page.evaluate("() => document.activeElement.blur()")
        hands.enter(name, text)
    hands.to("#entry .save button")
    assert hands.follow().status < 400, page.locator("main .err, main .wrong-list").all_inner_texts()
    assert page.locator(".saved").count() == 1


def a_record_added_and_taken_back(site: Site, watched: Watched, subject: str) -> None:
    """One of the donor's records of a kind that repeats."""
    concept = site.donor.logs[0]
    listed = watched.open(f"subjects/{site.donor.subject}/records/{concept}/")
    link = str(listed.locator(f"main a[href*='/{concept}/']:not([href$='/new/'])").first.get_attribute("href"))
    values = watched.open(link).evaluate(READ)
    page = watched.open(f"subjects/{subject}/records/{concept}/new/")
    page.evaluate(UNFOLD)
    instance = str(page.locator("#entry [name^='v:']").first.get_attribute("name")).split("/")[1]
    hands = Keyboard(page)
    for old, text in values:
        name = renamed(old, instance)
        control = page.locator(f'#entry [name="{name}"]:not([type=hidden])').first
        if control.count() and control.is_visible():
            page.evaluate("() => document.activeElement.blur()")
            hands.enter(name, moved(text, site.shift))
    assert hands.follow("Control+Enter").status < 400, page.locator("main .err, main .wrong-list").all_inner_texts()
    hands.to("main a[href*='decide/void/']")
    hands.follow()
    hands.to("main form[method=post] textarea, main form[method=post] [name=why]")
    hands.key.type("entered for somebody else")
    hands.to("main form[method=post] .acts button")
    hands.follow()
    if page.locator("main input[name=confirmed]").count():
        hands.to("main .acts button")
        hands.follow()
    left = watched.open(f"subjects/{subject}/records/{concept}/").locator("main").inner_text()
    assert "Nothing is recorded yet." in left


@pytest.mark.parametrize("size", WIDTHS, ids=["1440 px", "360 px"])
def test_a_site_works_without_a_mouse(site: Site, size: tuple[int, int]) -> None:
    watched = site.page("coordinator")
    watched.expected = ("status of 422",)
    watched.page.set_viewport_size({"width": size[0], "height": size[1]})
    subject = screened(site, watched)
    a_form_refused_and_mended(site, watched, subject)
    a_record_added_and_taken_back(site, watched, subject)
