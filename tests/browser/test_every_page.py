"""Every page of the declared table, looked at by a browser: reached by links, accessible, quiet, and within its width.

Each page is opened by somebody who may read it, found by following links from their first page. axe-core finds nothing
on it in either language, light or dark; the console is silent; nothing is asked of another place. Pictures of every
page at three widths go to build/screens for people to look at.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.crawling import Crawl, Seen, crawl
from browser.serving import PROJECT, Server, Watched, signed_in, sites
from trialwright.adapters.edc.access.matrix import pages
from trialwright.adapters.edc.access.roles import SITE_ROLES, Role

SCREENS = PROJECT / "build" / "screens"
WIDTHS = (360, 820, 1440)
EXPIRES = frozenset({"made", "made-file"})
"""Pages that are gone a quarter of an hour after somebody asked for what they hold."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ONLY = frozenset(os.environ.get("PAGES", "").split())
"""PAGES='today subject' looks at some."""


@pytest.fixture(scope="module")
def found(chromium: Any, server: Server) -> Crawl:
    """Every page that somebody is led to."""

    def logins() -> Iterator[tuple[str, str | None, Any]]:
        lead, *_ = sites(server)
        for role in Role:
            site = lead if role in SITE_ROLES else None
            yield role.value, site, signed_in(chromium, server, role.value, site)

    found = crawl(chromium, server.address, "/", logins())
    found.pages.update(not_offered(found, server))
    return found


def not_offered(found: Crawl, server: Server) -> dict[str, Seen]:
    """Decisions that no patient of the rehearsal has before them: their pages are opened by their address."""
    lead, *_ = sites(server)
    subject = found.pages["subject"].path
    missing = (page for page in pages() if page.name.startswith("decide-") and page.name not in found.pages)
    return {
        page.name: Seen(
            page.name,
            subject + page.path.partition("<str:subject>/")[2] if "<" in page.path else f"/{server.slug}/{page.path}",
            page.read[0].value,
            lead if page.read[0] in SITE_ROLES else None,
            html=True,
        )
        for page in missing
    }


NEEDS = {
    "import-review": "a file that was uploaded",
    "import-report": "a file that was read in",
    "import-concepts": "a dictionary that was uploaded",
    "serious-event": "a serious event",
    "serious-report": "a serious event",
    "made": "a report that was asked for",
    "made-file": "a report that was asked for",
    "specimen-step": "specimens that were ticked",
}
"""Pages that a rehearsal in mid-course may not lead to, and what they need; each has tests of its own."""


def told(name: str, faults: list[str]) -> list[str]:
    """The faults, all of them in a file under build/ too."""
    (PROJECT / "build").mkdir(exist_ok=True)
    (PROJECT / "build" / f"browser-{name}.txt").write_text("\n".join(faults), "utf-8")
    return faults


def test_no_link_that_a_person_is_shown_leads_nowhere(found: Crawl) -> None:
    assert told("links", found.faults) == []


def test_every_declared_page_is_reached_by_links(found: Crawl) -> None:
    declared = {page.name for page in pages() if page.read and not page.api}
    assert set(NEEDS) <= declared
    assert told("unreached", sorted(declared - set(found.pages) - set(NEEDS))) == []


def each(found: Crawl) -> list[Seen]:
    return [one for one in found.pages.values() if one.html and (not ONLY or one.name in ONLY)]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    found: Crawl, server: Server, visit: Callable[..., Watched], language: str, scheme: str
) -> None:
    wrong: list[str] = []
    for one, watched in opened(found, server, visit, language, color_scheme=scheme):
        wrong += [f"{one.name} {one.path}: {fault}" for fault in axe_faults(watched.page)]
        assert watched.page.locator("html").get_attribute("lang") == language
    assert told(f"axe-{language}-{scheme}", wrong) == []


def opened(
    found: Crawl, server: Server, visit: Callable[..., Watched], language: str, **options: Any
) -> Iterator[tuple[Seen, Watched]]:
    """Each page, opened by whoever was led to it, in a language."""
    visits: dict[tuple[str, str | None], Watched] = {}
    for one in each(found):
        watched = visits.get((one.role, one.site))
        if watched is None:
            watched = visits[one.role, one.site] = visit(server, one.role, one.site, **options)
            watched.page.context.add_cookies([{"name": "language", "value": language, "url": server.address}])
        if one.name in EXPIRES and watched.page.request.get(server.address + one.path).status == 404:
            continue
        watched.open(one.path)
        yield one, watched


def axe_faults(page: Any) -> list[str]:
    """What axe-core finds: the rule, and where."""
    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES["runOnly"]}}).response
    return [
        f"{rule['id']}: {json.dumps(node['target'])} {node['html'][:120]}"
        for rule in response["violations"]
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(
    found: Crawl, server: Server, visit: Callable[..., Watched], width: int
) -> None:
    wide: list[str] = []
    SCREENS.mkdir(parents=True, exist_ok=True)
    for one, watched in opened(found, server, visit, "en", viewport={"width": width, "height": 900}):
        needed = watched.page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide.append(f"{one.name} {one.path}: {needed} px")
        picture(watched.page, SCREENS / f"{one.name}-{width}.png")
    assert told(f"wide-{width}", wide) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_patient_is_wider_than_a_telephone(fresh: Server, visit: Callable[..., Watched], language: str) -> None:
    screening = visit(fresh, "coordinator", sites(fresh)[0]).open("decide/screen/")
    screening.locator("select[name=before]").select_option(index=1)
    screening.locator("main form[method=post] button").last.click()
    screening.wait_for_url("**/subjects/**")
    watched = visit(fresh, "monitor", viewport={"width": 360, "height": 900})
    watched.page.context.add_cookies([{"name": "language", "value": language, "url": fresh.address}])
    listed = watched.open("subjects/").locator("main tbody th a").evaluate_all("all => all.map(one => one.pathname)")
    assert len(listed) > 5
    wide = {path: watched.open(path).evaluate("document.documentElement.scrollWidth") for path in listed}
    assert {path: width for path, width in wide.items() if width > 360} == {}


def picture(page: Any, file: Path) -> None:
    """A picture of the page, of a long one the first stretch."""
    height = min(page.evaluate("document.documentElement.scrollHeight"), 3000)
    page.set_viewport_size({"width": page.viewport_size["width"], "height": max(height, 600)})
    page.screenshot(path=file)
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 900})


def test_the_address_that_serving_prints_leads_to_the_study(server: Server, visit: Callable[..., Watched]) -> None:
    printed = re.findall(rf"{re.escape(server.address)}/\S+", (server.folder / "served.log").read_text("utf-8"))
    assert len(printed) == 1
    page = visit(server, "monitor").open(printed[0].removeprefix(server.address))
    assert page.locator("h1").inner_text() == "Today"
