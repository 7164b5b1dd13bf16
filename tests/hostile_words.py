"""Text and files that would be a program, put together from few shapes, always the same ones.

`SCRIPTS` are for whatever shows text, `INJECTIONS` for whatever asks a database, `CLIMBS` for whatever opens a file,
`STARTERS` for whatever writes a table, `FILES` for whatever reads one. `run_by` says what of a page would be run.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product

MARK = "zq9x"
"""Stands in everything hostile and nowhere else: a tag, attribute or script that holds it was not written by us."""
LEAVES = ("", "\"'>", "</textarea></title></option></script>", "' autofocus x=", "--></style>\x0b")
"""How a text tries to leave the place where it stands."""
RUNS = (
    "<script>alert('{0}')</script>", "<img src=x{0} onerror=alert('{0}')>", "<svg/onload=alert('{0}')>",
    "<details open ontoggle=alert('{0}')>{0}", "<iframe srcdoc=\"<script>parent.alert('{0}')</script>\"></iframe>",
    "<a href=\"javascript:alert('{0}')\">{0}</a>", "<input autofocus onfocus=alert('{0}')>",
    "<video><source onerror=alert('{0}')></video>", "<math><mi xlink:href=\"javascript:alert('{0}')\">{0}</mi></math>",
    "<object data=\"data:text/html,<script>alert('{0}')</script>\"></object>",
    "<style onload=alert('{0}')>*{{}}</style>",
    "<body onpageshow=alert('{0}')>", "<meta http-equiv=refresh content=\"0;url=javascript:alert('{0}')\">",
    "<ScRiPt >alert('{0}')</sCrIpT>", "<scr\x01ipt>alert('{0}')</script>",
    "{{{{'{0}'.constructor.constructor('alert(1)')()}}}}",
    "{{% include '{0}' %}}{{{{ settings.SECRET_KEY }}}}", "<xss{0} style='animation:x' onanimationstart=alert('{0}')>",
    "${{alert('{0}')}}`-alert('{0}')-`", "&lt;script&gt;alert('{0}')&lt;/script&gt;%3Cscript%3E{0}",
)  # fmt: skip
SCRIPTS = tuple(leave + run.format(MARK) for leave, run in product(LEAVES, RUNS))

CLOSES = ("'", '"', "`", ")", "1", "seq")
ASKS = (
    " OR 1=1 -- {0}", "; DROP TABLE ledger_event; -- {0}", " UNION SELECT '{0}', sqlite_version() -- ",
    ", (SELECT pg_sleep(9)) {0}", " ASC; ATTACH DATABASE '/tmp/{0}' AS x",
)  # fmt: skip
INJECTIONS = tuple(close + ask.format(MARK) for close, ask in product(CLOSES, ASKS))

STEPS = ("../", "..%2f", "%2e%2e/", "..\\", "....//", "..;/", "..%c0%af", "/%2e%2e//")
AIMS = ("etc/passwd", "accounts.key", "trial.sqlite3", "proc/self/environ", "%00/etc/passwd.css")
CLIMBS = tuple(step * 6 + aim for step, aim in product(STEPS, AIMS))

STARTERS = (
    *(before + sign for sign in "=+-@" for before in ("", " ", "\t", "\u00a0", "\ufeff", "\u200b")),
    "\t", "\r", "＝", "＋", "－", "＠",
)  # fmt: skip
"""What a spreadsheet may take for the beginning of a formula: thirty."""

SCHEMES = (
    "file:///etc/passwd", "file:///proc/self/environ", "http://127.0.0.1:9/", "https://127.0.0.1:9/", "ftp://127.0.0.1/",
    "gopher://127.0.0.1/", "jar:file:///a!/b", "php://filter", "expect://id", "netdoc:///etc/passwd",
)  # fmt: skip
ENTITIES = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "{0}">]><a>&x;</a>',
    '<!DOCTYPE a [<!ENTITY % x SYSTEM "{0}"> %x;]><a/>',
    '<!DOCTYPE a SYSTEM "{0}"><a/>',
    '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{0}" parse="text"/></a>',
)


def files() -> Iterator[tuple[str, bytes]]:
    """Forty that name something outside, ten that unfold, fifteen that are packed."""
    for number, (entity, scheme) in enumerate(product(ENTITIES, SCHEMES)):
        yield f"entity-{number}.xml", ('<?xml version="1.0"?>' + entity.format(scheme)).encode()
    for depth in range(5, 10):
        nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth))
        yield f"laughs-{depth}.xml", f'<!DOCTYPE l [<!ENTITY l0 "{MARK}">{nested}]><l>&l{depth - 1};</l>'.encode()
    for size in (1, 2, 4, 6, 8):
        text = f'<!DOCTYPE l [<!ENTITY a "{"x" * size * 10_000}">]><l>{"&a;" * size * 1_000}</l>'
        yield f"blowup-{size}.xml", text.encode()
    for size in (1, 5, 10, 25, 50):
        yield f"bomb-{size}.zip", packed("bomb.csv", size=size * 1_000_000)
    for number, climb in enumerate(("../../x", "/etc/x", "..\\..\\x", "a/../../../x", "C:\\x", "./../x")):
        yield f"slip-{number}.zip", packed(climb)
    for name in ("xl/workbook.xml", "word/document.xml", "content.xml", "META-INF/MANIFEST.MF"):
        yield f"{name.replace('/', '-')}.zip", packed("[Content_Types].xml", name)


def packed(*names: str, size: int = 10) -> bytes:
    """An archive with files of these names, each of so many bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return held.getvalue()


FILES = dict(files())
LEADS_AWAY = re.compile(r"^[\x00-\x20]*(javascript|data|vbscript):", re.IGNORECASE)
LEADS = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "content"})


class _Page(HTMLParser):
    """What a page would run of what was typed: tags and attributes that nobody here wrote, scripts, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        ours = {name: value or "" for name, value in attrs}
        wrong = [name for name in (tag, *ours) if MARK in name or not re.fullmatch(r"[a-z][a-z0-9:.-]*", name)]
        wrong += [name for name, value in ours.items() if MARK in value and (name.startswith("on") or name == "style")]
        wrong += [name for name, value in ours.items() if name in LEADS and LEADS_AWAY.match(value) and MARK in value]
        wrong += ["srcdoc"] if MARK in ours.get("srcdoc", "") else []
        self.runs += [f"<{tag}> {name[:80]}" for name in wrong]

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside and MARK in data:
            self.runs.append(f"inside <{self.inside}>: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.runs.append(f"inside a comment: {data[:80]}")


def run_by(page: str) -> list[str]:
    """What a page would run, or hide, of what was typed; nothing where all of it is text."""
    return _Page(page).runs


class Sending:
    """A form of a page: where it goes, what it holds, and which of its fields take text, and which a file."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.holds: dict[str, str] = {}
        self.texts: list[str] = []
        self.files: list[str] = []

    def filled(self, text: str) -> dict[str, object]:
        """As it is sent with this text in every field that takes text."""
        return {**self.holds, **{name: f"{text}{number}" if text else "" for number, name in enumerate(self.texts)}}


NO_TEXT = frozenset({"hidden", "submit", "button", "image", "reset", "password"})


class _Forms(HTMLParser):
    """Every form of a page that is posted; of choices the last, of questions the first answer."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Sending] = []
        self.inside: Sending | None = None
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Sending(told.get("action", "")) if told.get("method", "").lower() == "post" else None
            self.forms += [self.inside] if self.inside else []
        elif self.inside and tag == "option" and self.select:
            self.inside.holds[self.select] = told.get("value", "")
        elif self.inside and (name := told.get("name")):
            self.select = name if tag == "select" else ""
            self._field(self.inside, tag, name, told)

    def _field(self, form: Sending, tag: str, name: str, told: dict[str, str]) -> None:
        kind = told.get("type", "text") if tag == "input" else tag
        if kind == "file":
            form.files.append(name)
        elif kind in ("radio", "checkbox"):
            form.holds.setdefault(name, told.get("value", "on"))
        elif kind in NO_TEXT:
            form.holds[name] = told.get("value", "")
        elif tag in ("input", "textarea"):
            form.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        self.inside = None if tag == "form" else self.inside
        self.select = "" if tag == "select" else self.select


def forms_of(page: str) -> list[Sending]:
    """The forms of a page that are posted."""
    return _Forms(page).forms
