"""Persons at their browsers, as a proof needs them: what they send, what they were told, what the ledger then holds.

A browser keeps the key of a save over every retry. Read `Browser`, then `compared`.
"""

from __future__ import annotations

import http.client
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from faults.application.ground import Application
from faults.evidence import Evidence
from faults.study import stored
from trialwright.store import verify

DONE, STALE, FULL = 303, 409, 507
RETRIED = (500, 502, 503)
HIDDEN = {name: re.compile(rf'name="{name}" value="([^"]+)"') for name in ("key", "version")}
AGAIN = "~"
"""What a service that writes a save again puts between its key and its own part of the key."""


@dataclass(frozen=True)
class Saved:
    """One save as the person knows it: the version it was made on; where it was late, the present one and a new key."""

    key: str
    person: str
    subject: str
    base: int
    status: int
    told: int = 0
    again: str = ""


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    text: str = ""

    def hidden(self, name: str) -> str:
        """A hidden field of the form on the page."""
        found = HIDDEN[name].search(self.text)
        return found[1] if found else ""


class Browser:
    """One person who saves forms about one patient; one who is not patient takes the first answer."""

    def __init__(self, made: Application, person: Mapping[str, Any], *, patient: bool = True) -> None:
        self.made, self.person, self.patient = made, person, patient

    def save(self, number: int, version: int, key: str) -> Saved:
        """Post a form of a visit that nobody planned."""
        typed = {name.replace("#", str(number)): value for name, value in self.person["typed"].items()}
        told = {"csrfmiddlewaretoken": self.person["csrf"], "key": key, "version": version, **typed}
        page = self.ask("POST", self.address(number), urlencode(told))
        who, subject = str(self.person["person"]), str(self.person["subject"])
        present = (int(page.hidden("version") or 0), page.hidden("key")) if page.status == STALE else (0, "")
        return Saved(key, who, subject, version, page.status, *present)

    def open(self, number: int) -> Page:
        """Open the form."""
        return self.ask("GET", self.address(number))

    def address(self, number: int) -> str:
        """Where the form of a visit is."""
        return str(self.person["path"]).replace("#", str(number))

    def ask(self, method: str, path: str, body: str | None = None) -> Page:
        """Ask until an answer comes that is one; the same bytes each time."""
        until = time.monotonic() + 120
        while True:
            try:
                page = self._once(method, path, body)
            except (OSError, http.client.HTTPException):
                page = Page(0)
            if page.status and (page.status not in RETRIED or not self.patient):
                return page
            if time.monotonic() > until:
                return page
            time.sleep(0.01)

    def _once(self, method: str, path: str, body: str | None) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.made.port, timeout=60)
        try:
            headers = {"Cookie": self.person["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Page(response.status, response.read().decode(errors="replace"))
        finally:
            connection.close()


def patients(made: Application) -> list[Mapping[str, Any]]:
    """One person for each patient there is."""
    found: dict[str, Mapping[str, Any]] = {}
    for person in made.people:
        found.setdefault(str(person["subject"]), person)
    return list(found.values())


def compared(folder: Path, study: str, saves: Sequence[Saved]) -> dict[str, Any]:
    """What the ledger holds of what was acknowledged, and what of what was refused."""
    forms = [one for one in stored(folder, study) if one["type"] == "FormSubmitted"]
    actors = {one["sub"]: one["actor"] for one in forms}
    times = Counter(str(one["sub"]).partition(AGAIN)[0] for one in forms)
    return {
        "lost": [one.key for one in saves if one.status == DONE and not times[one.key]],
        "twice": [one.key for one in saves if times[one.key] > 1],
        "others": [one.key for one in saves if one.key in actors and actors[one.key] != one.person],
        "late, and there": [one.key for one in saves if one.status == STALE and one.key in actors],
        "verified": verify(folder).code,
        "events": len(forms),
    }


def judge(evidence: Evidence, found: Mapping[str, Any]) -> None:
    """What must hold of saves whatever was done to the application."""
    evidence.check("no acknowledged save is lost", not found["lost"], lost=len(found["lost"]), first=found["lost"][:5])
    evidence.check("no save is there twice", not found["twice"], twice=len(found["twice"]))
    evidence.check("each is there under the name of who saved it", not found["others"], others=len(found["others"]))
    late = found["late, and there"]
    evidence.check("nothing is there of a save that was refused as late", not late, there=len(late), first=late[:5])
    evidence.check("the ledger verifies", found["verified"] == 0, code=found["verified"])
