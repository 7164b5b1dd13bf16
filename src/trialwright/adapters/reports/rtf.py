"""The report's tables, listings and figures as Rich Text Format, as submissions ask for: one file each, and all in one.

Every page is landscape, fits A4 and US letter, and says in its header what it shows and whether the data are simulated,
in its footer the notes, on what the numbers stand, and page x of y. A heading row is said again on every page; a row is
never torn apart. Every character beyond ASCII is written as a Unicode escape, so that no reader guesses an encoding.
The same document gives the same bytes. Read `as_rtf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from struct import unpack

from trialwright.adapters.reports.document import SIMULATED, SIMULATED_MEANS, Chapter, Document, Drawing, Table
from trialwright.adapters.reports.html import stubs

ALL = "all-tables-and-figures"
"""The file that holds every one of them."""
MOST_TOGETHER = 5000
"""So many rows of a table stand in the file of all of them."""
LISTINGS = "16"
"""The chapter whose tables are listings (ICH E3)."""
PAPER = (16838, 11906)
MARGINS = (1900, 1900, 1000, 900)
"""Left, right, top, bottom; a twip is a twentieth of a point."""
WIDTH = 13000
"""Twips: narrow enough for the short side of the margins on US letter."""
CHARACTER, PADDING, KEPT = 88, 170, 24
"""Twips of a character and beside it; a column of so many characters keeps its width."""
SPECIAL = re.compile(r"[\\{}]|[^\x20-\x7e]")
PLAIN = r"\pard\plain\f0\fs16 "
SIDES = {"l": r"\ql", "r": r"\qr"}
RULE = r"\clbrdrb\brdrs\brdrw10"
LINES = {"\n": r"\line ", "\t": r"\tab "}


@dataclass(frozen=True)
class Exhibit:
    """One table or figure with its number, such as "Table 12.2.1"."""

    file: str
    heading: str
    shown: Table | Drawing

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands under it; under a figure its words."""
        return (self.shown.alt,) if isinstance(self.shown, Drawing) else self.shown.notes


def as_rtf(document: Document, pictures: Mapping[str, bytes] | None = None) -> Iterator[tuple[str, bytes]]:
    """Every table, and every figure of which there is a PNG picture, with the name of its file without its ending.

    The last one holds them all; a listing of more than MOST_TOGETHER rows is named there and stands in its own file.
    """
    drawn = pictures or {}
    found = list(exhibits(document, drawn))
    for one in found:
        yield one.file, _file(document, [one], drawn)
    if found:
        yield ALL, _file(document, [_together(one) for one in found], drawn)


def _together(one: Exhibit) -> Exhibit:
    """The exhibit as it stands among all of them."""
    if isinstance(one.shown, Drawing) or len(one.shown.rows) <= MOST_TOGETHER:
        return one
    words = f"This listing has {len(one.shown.rows):,} rows and stands in the file {one.file}.rtf."
    return replace(one, shown=replace(one.shown, rows=(), empty=words))


def exhibits(document: Document, pictures: Mapping[str, bytes]) -> Iterator[Exhibit]:
    """The tables and figures in the order of the report, numbered in their sections."""
    for chapter in document.chapters:
        yield from _of_chapter(chapter, pictures)


def _of_chapter(chapter: Chapter, pictures: Mapping[str, bytes]) -> Iterator[Exhibit]:
    kind = "Listing" if chapter.number == LISTINGS else "Table"
    for number, section in chapter.numbered():
        places = {"Figure": 0, kind: 0}
        for block in section.blocks:
            if isinstance(block, Drawing) and block.name in pictures:
                places["Figure"] += 1
                heading = f"Figure {number}.{places['Figure']}. {block.title}"
                yield Exhibit(f"figure-{block.name}", heading, block)
            table = block.numbers if isinstance(block, Drawing) else block
            if isinstance(table, Table):
                places[kind] += 1
                yield Exhibit(table.name, f"{kind} {number}.{places[kind]}. {table.title}", table)


# ---- a file ---------------------------------------------------------------------------------------------------------


def _file(document: Document, shown: Sequence[Exhibit], pictures: Mapping[str, bytes]) -> bytes:
    """A whole file: each exhibit is a section with its own header and footer."""
    left, right, top, bottom = MARGINS
    sections = "\\sect\n".join(_section(document, one, pictures) for one in shown)
    text = (
        "{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0\\deflang1033\n"
        "{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}\n"
        "{\\colortbl;\\red91\\green103\\blue118;\\red122\\green91\\blue0;}\n"
        f"{{\\info{{\\title {escaped(document.title)}}}}}\n"
        f"\\paperw{PAPER[0]}\\paperh{PAPER[1]}\\landscape\\margl{left}\\margr{right}\\margt{top}\\margb{bottom}"
        f"\\headery500\\footery450\\widowctrl\n{sections}}}\n"
    )
    return text.encode("ascii")


def _section(document: Document, one: Exhibit, pictures: Mapping[str, bytes]) -> str:
    width, height = PAPER
    body = _picture(pictures[one.shown.name]) if isinstance(one.shown, Drawing) else _table(one.shown)
    return (
        f"\\sectd\\sbkpage\\lndscpsxn\\pgwsxn{width}\\pghsxn{height}\n"
        f"{_header(document, one)}{_footer(document, one)}{body}"
    )


def _header(document: Document, one: Exhibit) -> str:
    mark = f"\\tab {{\\b\\cf2 {escaped(SIMULATED_MEANS)}}}" if document.simulated else ""
    return (
        f"{{\\header{PLAIN}\\tqr\\tx{WIDTH} {escaped(document.running)}{mark}\\par\n"
        f"\\pard\\plain\\f0\\fs20\\sb120\\sa120\\b {escaped(one.heading)}\\par}}\n"
    )


def _footer(document: Document, one: Exhibit) -> str:
    """The notes, then on what the numbers stand and the page."""
    notes = "".join(f"{PLAIN}\\cf1 {escaped(note)}\\par\n" for note in one.notes)
    mark = f"{SIMULATED}. " if document.simulated else ""
    page = r"Page {\field{\*\fldinst PAGE}{\fldrslt 1}} of {\field{\*\fldinst NUMPAGES}{\fldrslt 1}}"
    return (
        f"{{\\footer{notes}\\pard\\plain\\f0\\fs14\\sb80\\cf1\\tqr\\tx{WIDTH} {escaped(mark + document.footer)}"
        f"\\tab {page}\\par}}\n"
    )


def escaped(text: str) -> str:
    r"""A text that means itself in RTF: no control word, no group, no character beyond ASCII.

    >>> print(escaped("{a} \\b ≤ 5"))
    \{a\} \\b \u8804? 5
    """
    return SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in "\\{}":
        return f"\\{character}"
    if ord(character) < 0x80:
        return LINES.get(character, " ")
    units = character.encode("utf-16-le", "replace")
    return "".join(f"\\u{number}?" for number in unpack(f"<{len(units) // 2}h", units))


# ---- a table --------------------------------------------------------------------------------------------------------


def _table(table: Table) -> str:
    """The headings, said again on every page, and the rows; equal first cells are one line across."""
    if not table.rows:
        return f"{PLAIN}{escaped(table.empty)}\\par\n"
    cut = 1 if table.stub else 0
    edges, sides = _edges(table, cut), table.sides[cut:]
    rows = [_row(table.headings[cut:], sides, edges, heading=True)]
    for stub, members in stubs(table):
        if stub:
            rows.append(_stub(stub, edges[-1]))
        rows += [_row(member, sides, edges) for member in members]
    return "".join(rows) + "\\pard\\plain\\fs2\\par\n"


def _row(cells: Sequence[str], sides: str, edges: Sequence[int], *, heading: bool = False) -> str:
    rule = f"{RULE}\\clvertalb" if heading else RULE
    shape = "".join(f"{rule}\\cellx{edge}" for edge in edges)
    bold, again = ("\\b ", "\\trhdr") if heading else ("", "")
    told = "".join(
        f"\\pard\\plain\\intbl{SIDES[side]}\\f0\\fs16{bold or ' '}{escaped(cell)}\\cell\n"
        for cell, side in zip(cells, sides, strict=True)
    )
    return f"\\trowd\\trgaph70\\trkeep{again}{shape}\n{told}\\row\n"


def _stub(words: str, edge: int) -> str:
    """A line over the whole width that stays with the row beneath it."""
    return (
        f"\\trowd\\trgaph70\\trkeep{RULE}\\cellx{edge}\n"
        f"\\pard\\plain\\intbl\\keepn\\ql\\f0\\fs16\\b {escaped(words)}\\cell\n\\row\n"
    )


def _edges(table: Table, cut: int) -> list[int]:
    """The right edges of the columns: short ones keep their width, long ones share what is left by their length."""
    longest = [_natural(table, column) for column in range(cut, len(table.headings))]
    natural = [characters * CHARACTER + PADDING for characters in longest]
    if sum(natural) > WIDTH:
        natural = _shared(longest, natural)
    edges, edge = [], 0
    for width in natural:
        edge += width
        edges.append(edge)
    return edges


def _natural(table: Table, column: int) -> int:
    """The characters of the longest cell, those of a very long one not counted whole."""
    words = [len(word) for word in table.headings[column].split()]
    return max([*words, *(min(len(row[column]), 90) for row in table.rows), 4])


def _shared(longest: Sequence[int], natural: Sequence[int]) -> list[int]:
    kept = [width if characters <= KEPT else 0 for characters, width in zip(longest, natural, strict=True)]
    left, long = WIDTH - sum(kept), sum(each for each in longest if each > KEPT)
    if not long or left < WIDTH // 4:
        return [WIDTH * characters // sum(longest) for characters in longest]
    return [width or left * characters // long for characters, width in zip(longest, kept, strict=True)]


# ---- a figure -------------------------------------------------------------------------------------------------------


def _picture(png: bytes) -> str:
    """A PNG as wide as the page allows, not taller than fits beneath the heading."""
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    shown = min(WIDTH, 7200 * width // height)
    goal = f"\\picwgoal{shown}\\pichgoal{shown * height // width}"
    return f"\\pard\\plain\\qc{{\\pict\\pngblip\\picw{width}\\pich{height}{goal}\n{png.hex()}}}\\par\n"
