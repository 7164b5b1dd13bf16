"""What people of three sites do all day in the web application, each at their own pace, as a load with a fixed rate.

Each act opens a page and, where it saves, fills the form that stands there and sends it with what was hidden in it.
Noted are every answer, every save that was acknowledged with what was typed, and every page on which somebody of a site
was shown a patient of another. Read `ACTS`, then `Visitor`.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

SAVED = 303
OTHERS = "shown a patient of another site"


@dataclass
class Kept:
    """What was done and answered, of everybody."""

    answers: Counter[int] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    saves: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was typed under each key that was acknowledged."""


def _counts(told: Mapping[str, str]) -> bool:
    """Whether a browser would send the field as it stands."""
    return told.get("type") not in ("checkbox", "radio") or "checked" in told


class Forms(HTMLParser):
    """The forms of a page: each with what it holds before anybody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.select, self.inside = "", False
        self.options: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = told.get("method") == "post"
            if self.inside:
                self.forms.append({})
        elif self.inside and tag == "select":
            self.select = told.get("name", "")
            self.options[self.select] = []
        elif self.inside and tag == "option":
            self.options[self.select].append(told.get("value", ""))
            if "selected" in told or self.select not in self.forms[-1]:
                self.forms[-1][self.select] = told.get("value", "")
        elif self.inside and tag in ("input", "textarea") and "name" in told and _counts(told):
            self.forms[-1][told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False

    def having(self, *names: str, **values: str) -> dict[str, str] | None:
        """The first form that has these fields, and these values in them."""
        fits = (one for one in self.forms if {*names} <= {*one} and all(one.get(n) == v for n, v in values.items()))
        return next((dict(one) for one in fits if one.get("key")), None)


class Visitor:
    """One person, who does one thing after the other; `others` are patients whom the person must never be shown."""

    def __init__(self, port: int, person: Mapping[str, Any], others: Sequence[str], kept: Kept, seed: str) -> None:
        self.port, self.person, self.kept, self.others = port, person, kept, others
        self.chance = random.Random(seed)
        self.subjects = list(person["subjects"])
        self.mine: list[tuple[str, str]] = []
        """Items that this person entered: patient and path."""
        self.turn: Callable[[], None] = lambda: None
        self.doing = ""

    def act(self) -> None:
        """Do one of the things that this role does."""
        names, weights = zip(*ACTS[str(self.person["role"])].items(), strict=True)
        name = self.chance.choices(names, weights)[0]
        self.doing = name
        self.kept.acts[name] += 1
        DEEDS[name](self)

    # --- asking -----------------------------------------------------------------------------------------------------

    def get(self, path: str) -> str:
        """A page; empty where it was not there."""
        status, text = self.ask("GET", path)
        return text if status == 200 else ""

    def send(self, path: str, form: Mapping[str, str], *typed: str) -> bool:
        """Send a form; what was acknowledged is kept with what was typed."""
        status, _ = self.ask("POST", path, urlencode({**form, "csrfmiddlewaretoken": self.person["csrf"]}))
        if status == SAVED:
            self.kept.saves[form["key"]] = typed
        return status == SAVED

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """One request, when its turn has come."""
        self.turn()
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": self.person["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, text = response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as wrong:
            status, text = 599, ""
            self.kept.wrong.append(f"{method} {path}: {type(wrong).__name__}")
        finally:
            connection.close()
        self.kept.answers[status] += 1
        if status not in (200, SAVED):
            self.kept.refused[f"{status}: {self.doing}"] += 1
        self.kept.seconds.append(time.perf_counter() - begun)
        if status >= 500 or status in (401, 403):
            self.kept.wrong.append(f"{method} {path}: {status} for the {self.person['role']}")
        if any(other in text for other in self.others):
            self.kept.wrong.append(f"{OTHERS}: {method} {path}, {self.person['role']}, {self.person['site']}")
        return status, text

    def somebody(self) -> str:
        """A patient of theirs."""
        return self.chance.choice(self.subjects)

    def about(self, path: str, subject: str = "") -> str:
        """An address about a patient of theirs."""
        return f"{self.person['home']}subjects/{subject or self.somebody()}/{path}"


# --- what people do -------------------------------------------------------------------------------------------------


def read(one: Visitor) -> None:
    """Open any page that the role may read."""
    one.get(one.chance.choice(one.person["read"]).replace("*", one.somebody()))


def look(one: Visitor) -> None:
    """Today, then a patient."""
    one.get(f"{one.person['home']}today/")
    one.get(one.about(""))


def fetch(one: Visitor) -> None:
    """A file."""
    one.get(one.chance.choice(one.person["files"]).replace("*", one.somebody()))


def enter(one: Visitor) -> None:
    """A form of a visit that nobody planned."""
    subject, number = one.somebody(), str(one.chance.randrange(10**6, 10**7))
    path = one.person["form"]["path"].replace("*", subject).replace("#", number)
    form = Forms(one.get(path)).having("key", "version")
    if form is None:
        return
    typed = {name.replace("#", number): value for name, value in one.person["form"]["typed"].items()}
    values = {name: varied(one, value) for name, value in typed.items() if name.endswith("/value") and name[0] == "v"}
    told = [part for name, value in values.items() for part in (name.removeprefix("v:"), f'"{value}"')]
    if one.send(path, {**form, **typed, **values}, *told):
        one.mine += [(subject, name.removeprefix("v:")) for name in values]


def varied(one: Visitor, middle: str) -> str:
    """A value near the middle of what is plausible."""
    return f"{Decimal(middle) * (100 + one.chance.randrange(-4, 5)) / 100:.1f}"


def correct(one: Visitor) -> None:
    """An item that was entered before."""
    if not one.mine:
        enter(one)
        return
    subject, path = one.mine.pop(one.chance.randrange(len(one.mine)))
    address = one.about(f"items/{path}/correct/", subject)
    form = Forms(one.get(address)).having(f"v:{path}", "reason")
    if form is None:
        return
    value = f"{Decimal(form[f'v:{path}']) * Decimal('1.03') + Decimal('0.1'):.1f}"
    form |= {f"v:{path}": value, "reason": "source_corrected", "why": "read again from the source"}
    one.send(address, form, path, f'"{value}"')


def screen(one: Visitor) -> None:
    """Somebody new."""
    address = f"{one.person['home']}decide/screen/"
    form = Forms(one.get(address)).having("subject", "document")
    if form is None:
        return
    form |= {"document": "consent version 2", "before": "never"}
    if one.send(address, form, form["subject"]):
        one.subjects.append(form["subject"])


def answer(one: Visitor) -> None:
    """An open query."""
    address = one.about("queries/")
    form = Forms(one.get(address)).having("pick", "words")
    if form is not None:
        words = f"As in the source, looked up again {one.chance.randrange(10**6)}."
        one.send(address, {**form, "words": words, "action": "answer"}, words)


def question(one: Visitor) -> None:
    """A new query about an item."""
    address = one.about("queries/")
    page = Forms(one.get(address))
    form = page.having("item", action="ask")
    if form is not None and page.options["item"]:
        item, words = one.chance.choice(page.options["item"]), f"Is that right? {one.chance.randrange(10**6)}"
        one.send(address, {**form, "item": item, "asks": words}, item, words)


def judge(one: Visitor) -> None:
    """Whether a deviation is important."""
    address = one.about("deviations/")
    form = Forms(one.get(address)).having("deviation", "words")
    if form is not None:
        words = f"Discussed with the team {one.chance.randrange(10**6)}."
        one.send(address, {**form, "important": one.chance.choice(("yes", "no")), "words": words}, words)


def count_capsules(one: Visitor) -> None:
    """What a patient brought back."""
    address = one.about("capsules/")
    page = Forms(one.get(address))
    form = page.having("course", "count-0")
    if form is None or not form["course"]:
        return
    form["course"] = one.chance.choice(page.options["course"])
    form |= {name: str(one.chance.randrange(3)) for name in form if name.startswith("count-")}
    one.send(address, form)


def export_audit(one: Visitor) -> None:
    """The audit trail of what they see, as a file."""
    form = Forms(one.get(f"{one.person['home']}audit/")).having("who", "kind")
    if form is not None:
        path = f"{one.person['home']}audit/export/"
        one.ask("POST", path, urlencode({**form, "flavour": "faithful", "csrfmiddlewaretoken": one.person["csrf"]}))


DEEDS: Mapping[str, Callable[[Visitor], None]] = {
    "reads a page": read, "looks at the day": look, "fetches a file": fetch, "enters a form": enter,
    "corrects an item": correct, "screens a patient": screen, "answers a query": answer, "asks": question,
    "judges a deviation": judge, "counts capsules": count_capsules, "exports the audit trail": export_audit,
}  # fmt: skip
ACTS: Mapping[str, Mapping[str, int]] = {
    "coordinator": {
        "reads a page": 20, "looks at the day": 15, "enters a form": 30, "corrects an item": 15, "answers a query": 10,
        "screens a patient": 1, "fetches a file": 6, "exports the audit trail": 1,
    },
    "investigator": {
        "reads a page": 30, "looks at the day": 20, "enters a form": 10, "corrects an item": 8,
        "judges a deviation": 10, "fetches a file": 6,
    },
    "pharmacist": {"reads a page": 40, "looks at the day": 20, "counts capsules": 25, "fetches a file": 6},
    "monitor": {"reads a page": 40, "looks at the day": 10, "asks": 30, "fetches a file": 6},
    "data manager": {"reads a page": 40, "looks at the day": 10, "asks": 15, "exports the audit trail": 2},
}  # fmt: skip


# --- all of them, at a rate -----------------------------------------------------------------------------------------


def visit(visitors: Sequence[Visitor], rate: float, seconds: float) -> float:
    """Everybody at once, so many requests a second in all, for so long; how many seconds it took."""
    turns, over = threading.Semaphore(0), threading.Event()

    def on(one: Visitor) -> None:
        one.turn = lambda: bool(turns.acquire())  # type: ignore[assignment,return-value]
        while not over.is_set():
            one.act()

    crowd = [threading.Thread(target=on, args=(one,), daemon=True) for one in visitors]
    begun = time.monotonic()
    for each in crowd:
        each.start()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        turns.release()
    over.set()
    turns.release(10 * len(crowd))  # whatever was begun is done to its end
    for each in crowd:
        each.join(timeout=180)
    return time.monotonic() - begun
