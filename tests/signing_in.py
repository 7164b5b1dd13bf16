"""A person who signs in as people do: invited, with a password, an authenticator app, a browser that keeps cookies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

PASSWORD = "correct horse battery staple"


class Clock:
    """The time that the application goes by, moved by hand."""

    def __init__(self, monkeypatch: Any) -> None:

        self.now = time.time() // 30 * 30 + 1  # what the cache keeps, it keeps by the machine's own clock
        monkeypatch.setattr(time, "time", lambda: self.now)

    def pass_(self, seconds: float) -> None:
        self.now += seconds


def code_at(secret: str, instant: float) -> str:
    """The code of RFC 6238 for a secret at an instant."""
    key, counter = base64.b32decode(secret), struct.pack(">Q", int(instant) // 30)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


class Someone:
    """An invited person with a browser; `secret` once the app is set up."""

    def __init__(self, clock: Clock, email: str = "nurse@hospital.org", person: str = "") -> None:
        from django.test import Client

        from trialwright.adapters.edc.people.inviting import new_account, new_link, new_person

        self.clock, self.email, self.secret = clock, email, ""
        self.account = new_account(email, person or new_person())
        self.link = new_link(self.account)
        self.client = Client()

    def set_password(self, password: str = PASSWORD) -> Any:
        return self.client.post(self.link.path, {"password": password, "again": password})

    def sign_in(self, password: str = PASSWORD, client: Any = None) -> Any:
        return (client or self.client).post("/sign-in/", {"login": self.email, "password": password})

    def code(self) -> str:
        return code_at(self.secret, self.clock.now)

    def set_up_app(self) -> Any:
        page = self.client.get("/account/second-step/app/").content.decode()
        self.secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]  # type: ignore[index]
        return self.client.post("/account/second-step/app/", {"code": self.code()})

    def second_step(self, code: str = "", client: Any = None) -> Any:
        return (client or self.client).post("/sign-in/second-step/", {"code": code or self.code()})

    def arrive(self) -> Someone:
        """Invited, password set, app set up, signed in."""
        assert self.set_password().status_code == 200
        assert self.sign_in().status_code == 302
        assert self.set_up_app().status_code == 302
        self.clock.pass_(120)
        return self

    def come_back(self) -> Any:
        """A new browser, both steps."""
        from django.test import Client

        self.client = Client()
        self.sign_in()
        return self.second_step()


def in_of(client: Any) -> bool:
    """Whether the client is let into the account page."""
    return client.get("/account/").status_code == 200
