"""A small reader of Rich Text Format that shares no code with the writer: what a word processor would see.

A byte that is no token, a group that does not close and a row without the cells it declared are errors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(rb"\\([a-z]+)(-?\d+)? ?|\\([\\{}*])|([{}])|([^\\{}\r\n]+)|([\r\n]+)")
HIDDEN = ("fonttbl", "colortbl", "info", "fldinst", "pict")
BREAKS = {"par": "\n", "line": "\n", "tab": "\t"}


@dataclass
class Rtf:
    """What was found: texts of headers and footers, rows of cells, the control words, and the text outside tables."""

    words: set[str] = field(default_factory=set)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    headings: int = 0
    sections: int = 1
    widest: int = 0
    text: str = ""

    groups: list[str] = field(default_factory=lambda: ["body"])
    buffer: dict[str, str] = field(default_factory=lambda: dict.fromkeys(("body", "header", "footer", "hidden"), ""))
    declared: int = 0
    cells: list[str] = field(default_factory=list)
    skip: int = 0

    def brace(self, which: bytes) -> None:
        """A group opens as what it stands in, or closes and gives its text away."""
        if which == b"{":
            self.groups.append(self.groups[-1])
            return
        ended = self.groups.pop()
        assert self.groups, "a group is closed that was never opened"
        if ended in ("header", "footer") and self.groups[-1] != ended:
            (self.headers if ended == "header" else self.footers).append(whole(self.buffer[ended]))
            self.buffer[ended] = ""

    def say(self, text: str) -> None:
        """Text where the reader is; what stands in for a Unicode character is skipped."""
        self.buffer[self.groups[-1]] += text[self.skip :]
        self.skip = 0

    def word(self, name: str, number: int) -> None:
        """A control word."""
        self.words.add(name)
        if name in ("header", "footer", *HIDDEN):
            self.groups[-1] = name if name in ("header", "footer") else "hidden"
        elif name == "u":
            self.say((number % 65536).to_bytes(2, "little").decode("utf-16-le", "surrogatepass"))
            self.skip = 1
        elif name in BREAKS:
            self.say(BREAKS[name])
        else:
            self.of_table(name, number)

    def of_table(self, name: str, number: int) -> None:
        """A control word of a table or a section."""
        if name == "trowd":
            self.declared, self.cells, self.buffer["body"] = 0, [], ""
        elif name == "cellx":
            self.declared, self.widest = self.declared + 1, max(self.widest, number)
        elif name == "cell":
            self.cells.append(whole(self.buffer["body"]))
            self.buffer["body"] = ""
        elif name == "row":
            assert len(self.cells) == self.declared
            self.rows.append(self.cells)
        self.headings += name == "trhdr"
        self.sections += name == "sect"


def read_rtf(data: bytes) -> Rtf:
    """A whole file."""
    told = Rtf()
    for name, number, sign, brace, text in _tokens(data):
        if brace:
            told.brace(brace)
        elif name:
            told.word(name.decode(), int(number or 0))
        elif sign and sign != b"*":
            told.say(sign.decode())
        elif text:
            told.say(text.decode("ascii"))
    assert told.groups == ["body"]
    told.text = whole(told.buffer["body"])
    return told


def _tokens(data: bytes) -> Iterator[tuple[bytes, ...]]:
    at = 0
    for found in TOKEN.finditer(data):
        assert found.start() == at, data[at : at + 20]
        at = found.end()
        yield found.groups()[:5]
    assert at == len(data)


def whole(text: str) -> str:
    """Surrogates that belong together as one character; those alone as they are."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
