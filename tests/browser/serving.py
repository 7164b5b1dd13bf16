"""A study served as anybody would start it, people signed in by its pages, and everything that goes wrong in a page.

Collected are whatever the console says, a request to another place, a dialog nobody asked for. Read `Watched`.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
STUDIES = PROJECT / "studies"
FIRST, SECOND = sorted(record.parent.name for record in STUDIES.glob("*/record.txt"))[:2]
CUT_OFF = ("htmx:afterRequest", "htmx:sendAbort")
"""A check of what is typed that was cut off because the page was left, or more was typed."""
PASSWORD, CODE = "demonstration-only", "000000"


@dataclass
class Server:
    """A served copy of a rehearsed study."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes]
    states: dict[tuple[str, str | None], Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The study as addresses name it."""
        return self.folder.name


def begin_serving(folder: Path) -> Server:
    port = _free_port()
    command = [sys.executable, "-m", "trialwright.cli", "serve", str(folder), "--port", str(port)]
    with (folder / "served.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    for _ in range(240):
        with suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5):
            return Server(folder, address, process)
        if process.poll() is not None:
            break
        time.sleep(0.25)
    raise AssertionError((folder / "served.log").read_text("utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Watched:
    """A page and everything that went wrong in it."""

    def __init__(self, page: Any, server: Server) -> None:
        self.page, self.server, self.faults = page, server, list[str]()
        self.expected: tuple[str, ...] = ()
        self.confirms = False
        page.on("console", self._console)
        page.on("pageerror", lambda wrong: self.faults.append(f"{page.url}: {wrong}"))
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def _console(self, message: Any) -> None:
        allowed = (*CUT_OFF, *self.expected)
        if message.type in ("error", "warning") and not any(one in message.text for one in allowed):
            self.faults.append(f"{self.page.url}: console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.server.address, "data:", "blob:")):
            self.faults.append(f"{self.page.url}: asks {request.url}")

    def _dialog(self, dialog: Any) -> None:
        """A question of our own is answered with yes where the test expects it; an alert is never ours."""
        if self.confirms and dialog.type in ("confirm", "beforeunload"):
            dialog.accept()
            return
        self.faults.append(f"{self.page.url}: a dialog says {dialog.message!r}")
        dialog.dismiss()

    def open(self, path: str) -> Any:
        """Go to a page of the study (or, from a slash, of the server) and give the page."""
        whole = path if path.startswith("/") else f"/{self.server.slug}/{path}"
        answer = self.page.goto(self.server.address + whole)
        assert answer is not None
        assert answer.status < 400, f"{whole} answered {answer.status}"
        return self.page


def signed_in(chromium: Any, server: Server, role: str, site: str | None = None) -> Any:
    """The cookies of somebody who signed in by the pages, kept for the next time."""
    if (role, site) not in server.states:
        context = chromium.new_context(locale="en-GB")
        page = context.new_page()
        sign_in(page, server, role, site)
        server.states[role, site] = context.storage_state()
        context.close()
    return server.states[role, site]


def sign_in(page: Any, server: Server, role: str, site: str | None = None) -> None:
    """Sign in as a new user would: name, password, second step."""
    name = ".".join(filter(None, (role.replace(" ", "-"), site)))
    page.goto(f"{server.address}/sign-in/")
    page.locator("input[name=login]").fill(f"{name}@demo.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form[method=post] button").first.click()
    page.locator("input[name=code]").fill(CODE)
    page.locator("main form[method=post] button").first.click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def sites(server: Server) -> list[str]:
    """The sites of the served study, the lead first."""
    from trialwright.adapters.study import load_study

    loaded = load_study(server.folder)
    protocol = next(iter(loaded.versions.values()))
    return [one.id for one in sorted(protocol.design.sites, key=lambda one: not one.lead)]
