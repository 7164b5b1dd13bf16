"""The web application as a loopback service to be killed and forked afresh: python -m faults.application.serving.

It reads JSON lines: first what to load ({folder, fault}), answered with the people that may save, then for each line a
serving process is forked, answered with its id and port. What takes seconds, Django and the study's protocol, is loaded
once, before; no connection to a database is open then. The server is the standard library's with a few threads: what is
proved is the application; `trialwright serve` puts another server before it, which `soaking` kills.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

THREADS = 4
COLLEAGUES = 8
"""So many coordinators share the patients of one site."""
ITEMS = 3


class Quiet(WSGIRequestHandler):
    """No log: the client keeps the history."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


# --- once, before any serving process -----------------------------------------------------------------------------


def load(folder: Path) -> tuple[Any, dict[str, Any]]:
    """Django and the study, ready to be forked; its id, and the people who may save."""
    from trialwright.adapters.edc.starting import prepare_accounts, set_up

    set_up()
    prepare_accounts()
    from benchmarks.load.people import person

    from trialwright.adapters.edc.desk import SERVED, OpenStudy
    from trialwright.adapters.edc.people import demonstration

    opened = OpenStudy(folder)
    opened.catch_up()
    SERVED[opened.id] = opened
    demonstration.prepare(opened)
    opened.catch_up()
    subjects = sorted(opened.record.subjects, key=lambda name: -opened.record.subjects[name].events)
    people = [person(opened, name, ITEMS) for name in subjects]
    people += [person(opened, subjects[0], ITEMS, each) for each in colleagues(opened, subjects[0])]
    warm_up(people[0])
    opened.close()
    SERVED.clear()
    close_all()
    return opened.loaded, {"study": opened.study_id, "people": people}


def colleagues(opened: Any, subject: str) -> list[Any]:
    """The accounts of more coordinators at a patient's site, made now."""
    from trialwright.adapters.edc.access.roles import Role
    from trialwright.adapters.edc.models import Account
    from trialwright.adapters.edc.people import demonstration

    site = opened.record.subjects[subject].site
    chief = next(one for one in demonstration.logins(opened) if one.role is Role.ADMINISTRATOR)
    ids = ["u" + sha256(f"colleague {number}".encode()).hexdigest()[:8] for number in range(COLLEAGUES)]
    logins = [demonstration.Login(each, Role.COORDINATOR, site, 90 + place) for place, each in enumerate(ids)]
    demonstration._grant(opened, [chief, *logins])
    demonstration._accounts(opened, logins)
    opened.catch_up()
    return [Account.objects.get(person=each) for each in ids]


def warm_up(person: dict[str, Any]) -> None:
    """Show a form and take it back empty, so that whatever is loaded at a first request is there before any fork."""
    from django.test import Client

    path = str(person["path"]).replace("#", "1")
    for method in ("get", "post"):
        getattr(Client(headers={"Cookie": person["cookies"]}), method)(path)


def close_all() -> None:
    """No connection crosses a fork."""
    from django.db import connections

    connections.close_all()


# --- a serving process --------------------------------------------------------------------------------------------


def serve(folder: Path, loaded: Any, listening: socket.socket, fault: str) -> None:
    """Serve until killed."""
    from django.core.wsgi import get_wsgi_application

    from trialwright.adapters.edc.desk import SERVED
    from trialwright.adapters.edc.desk.opened import OpenStudy

    seed(fault)
    opened = OpenStudy(folder, loaded=loaded)
    for _ in range(200):
        try:
            opened.catch_up()
            break
        except Exception:  # the database is not there yet
            close_all()
            time.sleep(0.05)
    SERVED[opened.id] = opened
    server = WSGIServer(("127.0.0.1", 0), Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket, server.server_address = listening, listening.getsockname()
    server.server_name, server.server_port = server.server_address
    server.setup_environ()
    server.set_app(get_wsgi_application())
    for _ in range(THREADS):
        threading.Thread(target=answer_on, args=(server,), daemon=True).start()
    signal.pause()


def answer_on(server: WSGIServer) -> None:
    """One thread: a connection after the other, one request each."""
    while True:
        with suppress(OSError):  # the client went away
            connection, address = server.socket.accept()
            with suppress(OSError):
                server.finish_request(connection, address)
            server.shutdown_request(connection)


# --- faults, for the negative controls ------------------------------------------------------------------------------

_last = ["nobody"]


def before_the_commit(save: Any) -> Any:
    """Say yes first, and write when there is time."""
    from trialwright.store import Receipt

    def faulty(self: Any, submission: Any, may: Any = None) -> Any:
        threading.Thread(target=lambda: (time.sleep(0.005), save(self, submission, may)), daemon=True).start()
        return Receipt(submission.submission_id, (0,), ("",), "")

    return faulty


def without_the_version(save: Any) -> Any:
    """Never mind which version the person saw."""
    return lambda self, submission, may=None: save(self, replace(submission, base_versions={}), may)


def over_again(save: Any) -> Any:
    """Write each save a second time, under a key of its own."""

    def faulty(self: Any, submission: Any, may: Any = None) -> Any:
        receipt = save(self, submission, may)
        save(self, replace(submission, submission_id=f"{submission.submission_id}~again", base_versions={}), may)
        return receipt

    return faulty


def actor_of_the_process(save: Any) -> Any:
    """Who saves is kept for the whole process, and another request may have set it."""

    def faulty(self: Any, submission: Any, may: Any = None) -> Any:
        actor, _last[0] = _last[0], submission.events[0].actor
        return save(self, replace(submission, events=tuple(replace(one, actor=actor) for one in submission.events)))

    return faulty


def whatever_happens(save: Any) -> Any:
    """An error of the disk is nobody's business."""
    from trialwright.store import Receipt
    from trialwright.store.errors import LedgerError

    def faulty(self: Any, submission: Any, may: Any = None) -> Any:
        try:
            return save(self, submission, may)
        except LedgerError:
            return Receipt(submission.submission_id, (0,), ("",), "")

    return faulty


FAULTS = {
    "acknowledges before the commit": before_the_commit,
    "ignores the version": without_the_version,
    "writes each save again": over_again,
    "keeps the actor for the process": actor_of_the_process,
    "says yes whatever happens": whatever_happens,
}


def seed(fault: str) -> None:
    """Put a fault in."""
    from trialwright.adapters.edc.desk import opened

    if fault in FAULTS:
        opened.OpenStudy.save = FAULTS[fault](opened.OpenStudy.save)  # type: ignore[method-assign]


def main() -> None:
    """Load, then fork for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    wanted = json.loads(sys.stdin.readline())
    folder = Path(wanted["folder"])
    os.environ["TRIALWRIGHT_STUDIES"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
    loaded, told = load(folder)
    answer(told)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(folder, loaded, listening, wanted.get("fault", "none"))
            os._exit(0)
        answer({"pid": pid, "port": listening.getsockname()[1]})


def answer(what: dict[str, Any]) -> None:
    """One line."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
