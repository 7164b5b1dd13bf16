"""Web addresses and mail as places for checkpoints: nothing goes out but the note, and nothing unencrypted.

A place that does not answer within a few seconds, sends elsewhere, or takes the note with anything but success has not
taken it. Messages name an address without its user, password and query. Read `Webhook`, then `Mail`.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from trialwright.store.checkpoints.notes import Note
from trialwright.store.checkpoints.sinks import NotSent, shown

MAIL_VARIABLE, FROM_VARIABLE = "TRIALWRIGHT_SMTP", "TRIALWRIGHT_SMTP_FROM"
SECONDS = 5
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")


@dataclass(frozen=True)
class Webhook:
    """A web address that takes the note as the body of a POST."""

    address: str

    @property
    def label(self) -> str:
        """The address without what may be secret in it."""
        return shown(self.address)

    def send(self, note: Note, public: bytes) -> None:
        """Post the note; any answer but a success, a redirection among them, is a failure."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the address was read
            self.address, note.whole.encode(), {"Content-Type": "text/plain; charset=utf-8"}, method="POST"
        )
        try:
            with _opener().open(request, timeout=SECONDS):
                return
        except urllib.error.HTTPError as wrong:
            wrong.close()
            raise NotSent(f"{self.label}: the answer was {wrong.code}") from None
        except (urllib.error.URLError, HTTPException, OSError) as wrong:
            reason = getattr(wrong, "reason", None) or wrong
            raise NotSent(f"{self.label}: could not be reached ({type(reason).__name__})") from None


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A note goes where it was sent or nowhere."""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirection)


def webhook(address: str) -> Webhook:
    """The place of a web address; unencrypted only on this machine."""
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError(f"{shown(address)}: this web address names no host.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"{shown(address)}: notes go by https; http only to this machine itself.")
    return Webhook(address)


@dataclass(frozen=True)
class Mail:
    """A person who gets each note by mail."""

    address: str

    @property
    def label(self) -> str:
        """The address."""
        return f"mailto:{self.address}"

    def send(self, note: Note, public: bytes) -> None:
        """Send the note through the host that is set up."""
        given = os.environ.get(MAIL_VARIABLE, "")
        host = urlsplit(given)
        if host.scheme not in ("smtp", "smtps") or not host.hostname:
            raise NotSent(f"{self.label}: no mail host is set up; {MAIL_VARIABLE} names one, such as smtp://host:25")
        try:
            with _mail_host(host) as server:
                if host.username:
                    server.login(unquote(host.username), unquote(host.password or ""))
                server.send_message(self._message(note, host))
        except (smtplib.SMTPException, OSError) as wrong:
            raise NotSent(f"{self.label}: {shown(given)} did not take it ({type(wrong).__name__})") from None

    def _message(self, note: Note, host: SplitResult) -> EmailMessage:
        made = EmailMessage()
        made["Subject"] = f"Checkpoint of {note.checkpoint.origin} at event {note.checkpoint.size}"
        made["From"] = os.environ.get(FROM_VARIABLE) or f"trialwright@{host.hostname}"
        made["To"] = self.address
        made.set_content(note.whole, cte="base64")
        made.add_attachment(note.whole.encode(), "text", "plain", filename=f"checkpoint-{note.checkpoint.size}.note")
        return made


def _mail_host(host: SplitResult) -> smtplib.SMTP:
    """The mail host; nothing goes to another machine unless it is encrypted."""
    context = ssl.create_default_context()
    if host.scheme == "smtps":
        return smtplib.SMTP_SSL(str(host.hostname), host.port or 465, timeout=SECONDS, context=context)
    server = smtplib.SMTP(str(host.hostname), host.port or 25, timeout=SECONDS)
    try:
        if host.hostname not in LOOPBACK:
            server.starttls(context=context)
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def mail(address: str) -> Mail:
    """The place of a mail address."""
    to = unquote(urlsplit(address).path)
    if not ADDRESS.fullmatch(to):
        raise ValueError(f"{address}: this is no mail address.")
    return Mail(to)
