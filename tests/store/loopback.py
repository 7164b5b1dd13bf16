"""A web server and a mail host on this machine alone, which keep what they are sent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Web(ThreadingHTTPServer):
    """Answers each POST with `answer` and keeps its body."""

    answer = 200
    location = ""
    wait: threading.Event | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/notes"


class _Page(BaseHTTPRequestHandler):
    server: Web

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        if self.server.wait is not None:
            self.server.wait.wait(10)
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


class MailHost(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP (RFC 5321) as a sender needs, and keeps each message."""

    allow_reuse_address = True
    daemon_threads = True
    refuses = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[bytes] = []
        self.said: list[str] = []

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    server: MailHost

    timeout = 5

    def handle(self) -> None:
        self.say("220 loopback")
        while line := self.rfile.readline():
            word = line.split(maxsplit=1)[0].upper()
            self.server.said.append(line.decode().strip())
            if word == b"DATA":
                self.say("354 go on")
                self.server.messages.append(self.message())
                self.say("250 kept")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("550 not for us" if word == b"RCPT" and self.server.refuses else "250 fine")

    def message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """A server answering in the background for as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
