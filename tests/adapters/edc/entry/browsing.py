"""What a browser without a script does with a page: it sends back its form as it stands, with what is typed over it."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """The fields of one form of a page, as a browser would send them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.inside, self.fields = name, False, dict[str, str]()
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = not self.name or said.get("id") == self.name
        if not self.inside:
            return
        if tag == "input" and "name" in said and not self._unchosen(said):
            self.fields[said["name"]] = said.get("value", "")
        elif tag == "select":
            self.select = said.get("name", "")
        elif tag == "option" and self.select and ("selected" in said or self.select not in self.fields):
            self.fields[self.select] = said.get("value", "")
        elif tag == "textarea":
            self.area = said.get("name", "")
            self.fields[self.area] = ""

    @staticmethod
    def _unchosen(said: dict[str, str]) -> bool:
        return said.get("type") in ("radio", "checkbox") and "checked" not in said

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area
        self.inside = self.inside and tag != "form"


def fields_of(page: Any, form: str = "entry") -> dict[str, str]:
    """Every field of a form of the page, as it stands."""
    read = _Form(form)
    read.feed(page.content.decode())
    return {name: unescape(value) for name, value in read.fields.items() if name}
