"""The whole web application as a loopback service to be killed and forked afresh: python -m faults.application_service.

It reads JSON lines: first what to load ({folder, fault}), answered with the people that may save, then for each line a
serving process is forked, answered with its id and port. What takes seconds, Django and the study's protocol, is loaded
once, before; no connection to a database is open then. The server is the standard library's, with a thread for each
connection: what is proved is the application, and `trialwright serve` puts another server before it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

FAULTS = ("none", "acknowledges before the commit", "ignores the version", "keeps the actor for the process")


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 512


class Quiet(WSGIRequestHandler):
    """No log: the client keeps the history."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def load(folder: Path) -> tuple[Any, list[dict[str, Any]]]:
    """Django and the study, ready to be forked; the people who may save."""
    from trialwright.adapters.edc.starting import prepare_accounts, set_up

    set_up()
    prepare_accounts()
    from benchmarks.load.people import person

    from trialwright.adapters.edc.desk import OpenStudy
    from trialwright.adapters.edc.people import demonstration

    opened = OpenStudy(folder)
    opened.catch_up()
    demonstration.prepare(opened)
    opened.catch_up()
    from trialwright.adapters.edc.desk import SERVED

    SERVED[opened.id] = opened
    subjects = sorted(opened.record.subjects, key=lambda name: -opened.record.subjects[name].events)
    people = [person(opened, name, 3) | {"person": who(opened, name)} for name in subjects]
    opened.close()
    SERVED.clear()
    close_all()
    return opened.loaded, people


def who(opened: Any, subject: str) -> str:
    """The id of the coordinator who saves, as events carry it."""
    from trialwright.adapters.edc.people import demonstration

    return str(demonstration.account_of("coordinator", opened.record.subjects[subject].site).person)


def close_all() -> None:
    """No connection crosses a fork."""
    from django.db import connections

    connections.close_all()


def serve(folder: Path, loaded: Any, listening: socket.socket, fault: str) -> None:
    """Serve until killed."""
    from django.core.wsgi import get_wsgi_application

    from trialwright.adapters.edc.desk import SERVED
    from trialwright.adapters.edc.desk.opened import OpenStudy

    seed(fault)
    opened = OpenStudy(folder, loaded=loaded)
    for _ in range(100):
        try:
            opened.catch_up()
            break
        except Exception:  # the database is not there yet
            time.sleep(0.05)
    SERVED[opened.id] = opened
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    server.socket.close()
    server.socket = listening
    server.server_address = listening.getsockname()
    server.serve_forever()


def seed(fault: str) -> None:
    """Put a fault in, for the negative controls."""
    from trialwright.adapters.edc.desk import opened
    from trialwright.store import Receipt

    save = opened.OpenStudy.save
    last = ["nobody"]

    def before_the_commit(self: Any, submission: Any, may: Any = None) -> Any:
        import threading

        threading.Thread(target=lambda: (time.sleep(0.005), save(self, submission, may)), daemon=True).start()
        return Receipt(submission.submission_id, (0,), ("",), "")

    def without_the_version(self: Any, submission: Any, may: Any = None) -> Any:
        from dataclasses import replace

        return save(self, replace(submission, base_versions={}), may)

    def actor_of_the_process(self: Any, submission: Any, may: Any = None) -> Any:
        from dataclasses import replace

        actor, last[0] = last[0], submission.events[0].actor
        return save(
            self, replace(submission, events=tuple(replace(one, actor=actor) for one in submission.events)), may
        )

    if fault == "acknowledges before the commit":
        opened.OpenStudy.save = before_the_commit
    elif fault == "ignores the version":
        opened.OpenStudy.save = without_the_version
    elif fault == "keeps the actor for the process":
        opened.OpenStudy.save = actor_of_the_process


def main() -> None:
    """Load, then fork for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    wanted = json.loads(sys.stdin.readline())
    folder = Path(wanted["folder"])
    os.environ["TRIALWRIGHT_STUDIES"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
    loaded, people = load(folder)
    answer({"people": people})
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
