"""Every page that a link leads to, for every role: which page of the declared table it is and who was shown it.

Addresses are told apart by the name of the page they resolve to, so that a list of a thousand patients is one page, not
a thousand. Read `crawl`.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

LINK = re.compile(r"""<(?:a|area)\b[^>]*?\bhref\s*=\s*["']([^"'#][^"']*)["']""", re.IGNORECASE)
EACH, OF_EVERYBODY = 2, {"subject": 40, "decisions": 40}
"""So many addresses of one page are opened for one role; what can be decided differs from patient to patient."""
SIGN_OUT = frozenset({"account_logout"})


@dataclass(frozen=True)
class Seen:
    """One page, where it was found and by whom."""

    name: str
    path: str
    role: str
    site: str | None
    html: bool


@dataclass
class Crawl:
    """What was found, and what was wrong on the way."""

    pages: dict[str, Seen] = field(default_factory=dict)
    by_role: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def name_of(path: str) -> str | None:
    """The name of the page an address leads to; None for what is no page, such as a stylesheet."""
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return found.url_name


def crawl(browser: Any, address: str, start: str, logins: Iterator[tuple[str, str | None, Any]]) -> Crawl:
    """Follow the links from the first page of each login."""
    found = Crawl()
    for role, site, state in logins:
        context = browser.new_context(storage_state=state, locale="en-GB")
        _follow(context.request, address, start, role, site, found)
        context.close()
    return found


def _follow(asking: Any, address: str, start: str, role: str, site: str | None, found: Crawl) -> None:
    waiting, queued, often = deque([start]), {start}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        name = name_of(path)
        if name is None or name in SIGN_OUT or often[name] >= OF_EVERYBODY.get(name, EACH):
            continue
        often[name] += 1
        answer = asking.get(address + path, max_redirects=5)
        if answer.status >= 400:
            found.faults.append(f"{role} at {site}: a link leads to {path}, which answers {answer.status}")
            continue
        html = "text/html" in answer.headers.get("content-type", "")
        landed = name_of(answer.url.removeprefix(address)) or name
        if landed not in found.pages or (html and not found.pages[landed].html):
            at = urlsplit(answer.url.removeprefix(address))
            found.pages[landed] = Seen(landed, at.path + (f"?{at.query}" if at.query else ""), role, site, html)
        if name not in found.pages:
            found.pages[name] = Seen(name, path, role, site, html)
        found.by_role.setdefault((role, site), []).append(path)
        if not html:
            continue
        for link in links_in(answer.text(), answer.url, address):
            if link not in queued:
                queued.add(link)
                waiting.append(link)


def links_in(html: str, base: str, address: str) -> Iterator[str]:
    """The addresses of our own that a page links to."""
    for href in LINK.findall(html):
        whole = urljoin(base, unescape(href))
        if whole.startswith(address + "/"):
            at = urlsplit(whole)
            yield at.path + (f"?{at.query}" if at.query else "")
