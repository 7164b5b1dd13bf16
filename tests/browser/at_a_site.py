"""People at a site, at work in the browser: forms read from one patient's pages and filled in on another's.

A new patient is given what an earlier one had, moved in time, so that no test knows what a study asks. Read `Site`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from browser.serving import Server, Watched

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b")
# What a form holds: every value, unit and reason with its name, as a browser would send it.
READ = """() => {
  const found = [];
  for (const one of document.querySelectorAll('#entry [name]')) {
    if (!/^[vum]:/.test(one.name) || one.type === 'hidden') continue;
    if (one.type === 'radio' && !one.checked) continue;
    if (one.value) found.push([one.name, one.value]);
  }
  return found;
}"""
UNFOLD = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


@dataclass
class Donor:
    """An earlier patient whose data the new one's are like."""

    subject: str
    site: str
    screened: date
    registered: date
    first_dose: date
    last_recorded: date
    arm: str | None
    visits: tuple[str, ...]
    logs: tuple[str, ...]


@dataclass
class Site:
    """A site at work: a page for each role, all on one day."""

    server: Server
    visit: Callable[..., Watched]
    donor: Donor
    today: date
    central: frozenset[str] = frozenset({"monitor", "data manager", "statistician", "sponsor-investigator"})
    pages: dict[str, Watched] = field(default_factory=dict)

    @property
    def shift(self) -> timedelta:
        """From the donor's first dose to the day on which the new patient starts."""
        return self.today - self.donor.first_dose

    def page(self, role: str) -> Watched:
        """The page of a role, on today."""
        if role not in self.pages:
            site = None if role in self.central else self.donor.site
            self.pages[role] = self.visit(self.server, role, site)
            self.stand_on(role, self.today)
        return self.pages[role]

    def stand_on(self, role: str, day: date) -> None:
        """Choose the day of the rehearsal in the head of the page, as a person does."""
        page = self.pages[role].open("subjects/" if role != "administrator" else "people/")
        page.locator("header details.account summary").first.click()
        page.locator("#stand-on").fill(day.isoformat())
        page.locator("#stand-on + button, form:has(#stand-on) button").first.click()
        page.wait_for_load_state()

    def decide(self, role: str, what: str, subject: str = "", **typed: str) -> Any:
        """Take a decision: open its page, fill in what is named, save, and confirm where that is asked."""
        path = f"subjects/{subject}/decide/{what}/" if subject else f"decide/{what}/"
        self.page(role).expected = ("status of 422",)
        page = self.page(role).open(path)
        for name, text in typed.items():
            control = page.locator(f"main [name='{name}']").first
            if control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(text)
            else:
                control.fill(text)
        sent(page, "main form[method=post] .acts button")
        if page.locator("main input[name=confirmed]").count():
            sent(page, "main form[method=post] .acts button")
        return page

    def planned(self, role: str) -> list[str]:
        """The forms in which something was recorded of the donor until the first dose."""
        page = self.page(role).open(f"subjects/{self.donor.subject}/forms/")
        links = {str(one.get_attribute("href")) for one in page.locator("main a[href*='/forms/']").all()}
        return [key for key in self.donor.visits if any(link.endswith(f"/forms/{key}/") for link in links)]

    def copy(self, role: str, path: str, subject: str, shift: timedelta | None = None) -> None:
        """Fill in a form as the donor's is, moved in time, and save it."""
        watched = self.page(role)
        values = watched.open(f"subjects/{self.donor.subject}/{path}").evaluate(READ)
        page = watched.open(f"subjects/{subject}/{path}")
        fill(page, [(name, moved(text, self.shift if shift is None else shift)) for name, text in values])
        save(page)

    def copy_log(self, role: str, concept: str, subject: str) -> int:
        """Add each of the donor's records of a kind, such as each earlier therapy, until the first dose."""
        watched = self.page(role)
        listed = watched.open(f"subjects/{self.donor.subject}/records/{concept}/")
        links = [
            one.get_attribute("href") for one in listed.locator(f"main td a, main th a[href*='/{concept}/']").all()
        ]
        records = [watched.open(str(link)).evaluate(READ) for link in dict.fromkeys(links)]
        for values in records:
            page = watched.open(f"subjects/{subject}/records/{concept}/new/")
            name = page.locator("#entry [name^='v:']").first.get_attribute("name")
            instance = str(name).split("/")[1]
            fill(page, [(renamed(old, instance), moved(text, self.shift)) for old, text in values])
            save(page)
        return len(records)


def renamed(name: str, instance: str) -> str:
    """The same field of another record."""
    concept, _, rest = name.partition("/")
    return f"{concept}/{instance}/{rest.partition('/')[2]}"


def moved(text: str, by: timedelta) -> str:
    """A value with its dates moved, however they were shown."""
    text = SHOWN.sub(lambda found: datetime.strptime(found[0], "%d %b %Y").date().isoformat(), text)
    return ISO.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)


def fill(page: Any, values: list[tuple[str, str]]) -> None:
    """Type and choose, as far as the form shows the field; an answer may bring up what it asks for."""
    page.evaluate(UNFOLD)
    later = [one for one in values if not set_field(page, *one)]
    for one in later:
        set_field(page, *one)


def set_field(page: Any, name: str, text: str) -> bool:
    """Fill in one field, if it is to be seen."""
    control = page.locator(f'#entry [name="{name}"]:not([type=hidden])').first
    if not control.count() or not control.is_visible():
        return False
    kind = control.evaluate("one => one.tagName === 'INPUT' ? one.type : one.tagName.toLowerCase()")
    if kind == "radio":
        page.locator(f'#entry [name="{name}"][value="{text}"]').check()
    elif kind == "select":
        control.select_option(text)
    else:
        control.fill(text)
    return True


def save(page: Any) -> None:
    """Save the form and see that it was saved."""
    answer = sent(page, "#entry .save button")
    said = " ".join(page.locator("main .err, main .message.error, main .findings").all_inner_texts())
    assert answer.status < 400, f"{page.url}: {said}"


def sent(page: Any, button: str) -> Any:
    """Press a button that sends a form, and give the answer of the page it leads to."""
    with page.expect_navigation(timeout=90_000) as seen:
        page.locator(button).first.click()
    page.wait_for_load_state()
    return seen.value


def donors(server: Server) -> list[Donor]:
    """Patients who were treated, and what was recorded of each until the first dose; read beside the browser's loop."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: list(_donors(server))).result()


def _donors(server: Server) -> Iterator[Donor]:
    from trialwright.adapters.edc.desk.opened import OpenStudy
    from trialwright.core.ledger import CourseStarted, FormSubmitted

    opened = OpenStudy(server.folder)
    opened.catch_up()
    last = opened.today
    for subject, record in sorted(opened.record.subjects.items()):
        courses = record.of_kind(CourseStarted)
        if record.registered is None or not courses:
            continue
        first = courses[0].occurred
        told = opened.reader().events(subject=subject)
        forms = [one for one in told if isinstance(one, FormSubmitted) and one.occurred <= first]
        items = [item for one in forms for item in one.items]
        paths = [str(item.path).split("/") for item in items]
        yield Donor(
            subject=subject,
            site=record.site,
            screened=record.milestones[0].occurred,
            registered=record.registered.occurred,
            first_dose=first,
            last_recorded=last,
            arm=record.arm,
            visits=tuple(dict.fromkeys(path[1] for path in paths if not path[1].isdigit())),
            logs=tuple(dict.fromkeys(path[0] for path in paths if path[1].isdigit())),
        )
    opened.close()
