"""The document as a tagged PDF by typst: the template lays out, the document is handed to it as data.

Fonts are those that come with typst and matplotlib, never the machine's, so that the same document gives the same
bytes anywhere. A character that they lack stands as a mark, as a PDF for everyone must show each of its letters; the
other files have it. Read `as_pdf`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from shutil import copyfile
from typing import Any

from trialwright.adapters.reports.document import (
    SIMULATED,
    SIMULATED_MEANS,
    Block,
    Chapter,
    Document,
    Drawing,
    Paragraph,
    Table,
)
from trialwright.adapters.reports.html import stubs
from trialwright.adapters.reports.tied import shown

TEMPLATE = Path(__file__).with_name("templates") / "report.typ"
DATA = "report.json"
MOST_ROWS = 300
"""A table has so many rows on paper; its file has them all, and says so."""
HERE = "\u200b"
LONG_WORD = re.compile(r"\S{13,}")
WEIGHTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SHAPELESS = frozenset("\u034f" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""The joiner and the variation selectors, which a font may list and no PDF for everyone may hold (Unicode,
Default_Ignorable_Code_Point)."""
LACKING = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that the fonts do not have."""
LACKED = f"A character that the fonts of this file lack stands as {LACKING}; the pages and tables beside it have it."


def as_pdf(document: Document, drawn: Path, dated: date, work: Path) -> bytes:
    """The report as PDF/UA-1; `drawn` has the figures as SVG, `work` is a folder of one's own for the sources."""
    import matplotlib
    import typst

    for figure in document.drawings():
        picture = (drawn / f"{figure.name}.svg").read_text("utf-8")
        (work / f"{figure.name}.svg").write_text(shown_in_figures(picture), "utf-8", newline="\n")
    copyfile(TEMPLATE, work / TEMPLATE.name)
    (work / DATA).write_text(_text_of(as_data(document, dated)), "utf-8")
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pdf: bytes = typst.compile(
        str(work / TEMPLATE.name),
        root=str(work),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
    )
    return pdf


def _text_of(data: dict[str, Any]) -> str:
    """The data as the fonts can show it, with a notice where a character had to be left out."""
    shown = _each_text(data)
    lacking = json.dumps(shown, ensure_ascii=False).count(LACKING) > json.dumps(data, ensure_ascii=False).count(LACKING)
    notices = [*shown["notices"], LACKED] if lacking else shown["notices"]
    return json.dumps({**shown, "notices": notices}, ensure_ascii=False)


def _each_text(data: Any) -> Any:
    if isinstance(data, str):
        return shown_by_fonts(data)
    if isinstance(data, dict):
        return {name: _each_text(one) for name, one in data.items()}
    return [_each_text(one) for one in data] if isinstance(data, list | tuple) else data


def shown_by_fonts(text: str) -> str:
    """The text with a mark for each character that the fonts lack; what has no shape of its own is left out.

    >>> shown_by_fonts("Prurit ≥ 2, \N{CJK UNIFIED IDEOGRAPH-75D2}")
    'Prurit ≥ 2, \N{REPLACEMENT CHARACTER}'
    """
    known = _characters()
    return "".join(each if each in known else _stand_in(each) for each in text)


def shown_in_figures(picture: str) -> str:
    """A figure's source with what the fonts show; an accent that no letter has in one piece goes, and so do breaks."""
    whole = unicodedata.normalize("NFC", shown_by_fonts(picture)).replace(HERE, "")
    return whole if whole.isascii() else "".join(each for each in whole if not unicodedata.combining(each))


def _stand_in(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cf", "Mn") else LACKING


@lru_cache(maxsize=1)
def _characters() -> frozenset[str]:
    """What the fonts show in every weight, and the ends of lines."""
    import matplotlib
    from fontTools.ttLib import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    maps = []
    for name in WEIGHTS:
        with TTFont(folder / name, lazy=True) as font:
            maps.append(set(font.getBestCmap()))
    shapes = {chr(code) for code in set.intersection(*maps)}
    shapes = {each for each in shapes if unicodedata.category(each) not in ("Cc", "Cf") and each not in SHAPELESS}
    return frozenset(shapes | {"\n", HERE})


def as_data(document: Document, dated: date) -> dict[str, Any]:
    """The document as the template reads it."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "facts": document.facts,
        "notices": document.notices,
        "footer": document.footer,
        "running": document.running,
        "signatures": [{"role": one.role, "means": one.means} for one in document.signatures],
        "chapters": [_chapter(each) for each in document.chapters],
        "mark": SIMULATED if document.simulated else "",
        "means": SIMULATED_MEANS,
        "dated": [dated.year, dated.month, dated.day],
    }


def _chapter(chapter: Chapter) -> dict[str, Any]:
    sections = [
        {"number": number, "name": section.name, "title": section.title, "blocks": [_block(b) for b in section.blocks]}
        for number, section in chapter.numbered()
    ]
    return {"number": chapter.number, "title": chapter.title, "alone": chapter.alone, "sections": sections}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"is": "paragraph", "text": block.text, "kind": block.kind}
    if isinstance(block, Drawing):
        picture = {"file": f"{block.name}.svg", "alt": block.alt, "title": block.title}
        return {"is": "figure", **picture, "numbers": _table(block.numbers)}
    return {"is": "table", **_table(block)}


def _table(whole: Table) -> dict[str, Any]:
    table = shown(whole, MOST_ROWS)
    cut = 1 if table.stub else 0
    return {
        "title": table.title,
        "headings": table.headings[cut:],
        "sides": list(table.sides[cut:]),
        "parts": [{"stub": name, "rows": _rows(rows)} for name, rows in stubs(table)] if table.rows else [],
        "widths": widths(table)[cut:],
        "notes": table.notes,
        "empty": table.empty,
    }


def _rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[breakable(cell) for cell in row] for row in rows]


def breakable(cell: str) -> str:
    """The text with places to break inside long words without blanks, such as the ids of clauses."""
    return LONG_WORD.sub(lambda found: found[0].replace("_", f"_{HERE}").replace("/", f"/{HERE}"), cell)


# ---- widths of columns ---------------------------------------------------------------------------------------------

LONG_TEXT, LONG_NUMBER = 22, 44
"""From so many letters on a column of texts, or of numbers, is one of sentences, which are broken into lines."""
SENTENCES = (26, 64)
"""The least and the most letters by which a column of sentences shares the width with another."""
CROWDED = 40
"""The most letters for such a column where every column must be broken into lines."""
LINE = 118
"""About so many letters go into the width of the page."""
SHORT = 14
"""Up to so many letters, such as those of a date, are not broken into lines."""


def widths(table: Table) -> list[int]:
    """For each column its part of the width, in letters; 0 where it keeps the width of its longest cell.

    A column of numbers or short words keeps its width and columns of sentences share what is left. Where that would not
    be enough, all columns share the width, and those of numbers get room for a word or a date.
    """
    columns = range(len(table.headings))
    kept = [0 if _is_long(table, column) else _widest(table, column) for column in columns]
    if sum(kept) + SENTENCES[0] * kept.count(0) <= LINE:
        return [0 if kept[column] else _share(table, column, SENTENCES[1]) for column in columns]
    return [_room(table, column) + 2 if kept[column] else _share(table, column, CROWDED) for column in columns]


def _is_long(table: Table, column: int) -> bool:
    longest = max((len(row[column]) for row in table.rows), default=0)
    return longest > (LONG_TEXT if table.sides[column] == "l" else LONG_NUMBER)


def _widest(table: Table, column: int) -> int:
    return max(len(cell) for cell in _cells(table, column))


def _share(table: Table, column: int, most: int) -> int:
    return min(max(_widest(table, column), SENTENCES[0]), most)


def _room(table: Table, column: int) -> int:
    """The letters of the longest word, and of what is not to be broken."""
    short = [len(row[column]) for row in table.rows if len(row[column]) <= SHORT]
    return max(0, *short, *(len(word) for cell in _cells(table, column) for word in (*cell.split(), "")))


def _cells(table: Table, column: int) -> list[str]:
    return [table.headings[column], *(row[column] for row in table.rows)]
