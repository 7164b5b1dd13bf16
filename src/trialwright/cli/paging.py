"""How lines become a page: labels in place of ids, units as people write them, broken at the width of the page.

Read `page`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping

from trialwright.cli.output import columns
from trialwright.core.subject import in_words

SHORT = 100
"""So long may the words of a clause be on a page; a document for programs has them whole."""


def page(lines: Iterable[str], labels: Mapping[str, str]) -> str:
    """Lines with labels in place of ids and units as people write them, broken at the width of the page."""
    return "\n".join(part for line in lines for part in _folded(once(in_words(units_as_written(line), labels))))


def once(text: str) -> str:
    """A label followed by itself in brackets, as where an id stood behind its label, is said once.

    >>> once("Course 1 day 15 (Course 1 day 15) was due; Response (Response.2) was not done")
    'Course 1 day 15 was due; Response was not done'
    """
    return re.sub(r"(\b[A-Z][^();:]{2,80}?) \(\1(?:\.\d+)?\)", r"\1", text)


def _folded(line: str) -> list[str]:
    """One line broken at the width of the page; what follows is indented under the last column, else by four."""
    margin = len(line) - len(line.lstrip())
    columns_at = [gap.end() for gap in re.finditer(r"(?<=\S) {2,}", line) if gap.end() <= WIDEST]
    broken = textwrap.wrap(
        line,
        columns(),
        subsequent_indent=" " * (columns_at[-1] if columns_at else margin + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return broken or [""]


WIDEST = 50
"""A gap further right than this is in the text and begins no column."""
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
WRITTEN: tuple[tuple[str, str], ...] = (("/mm3", "/mm³"), ("/uL", "/µL"), (" Cel", " °C"), ("m2", "m²"))
"""Units of UCUM as people write them."""


def units_as_written(text: str) -> str:
    """UCUM's powers and units in the signs people write.

    >>> units_as_written("3.23 10*9/L, limit < 500 /mm3")
    '3.23 ×10⁹/L, limit < 500 /mm³'
    """
    for ucum, written in WRITTEN:
        text = re.sub(rf"{re.escape(ucum)}(?!\w)", written, text)
    return re.sub(r"\b10[*^](\d+)", lambda found: "×10" + found[1].translate(POWERS), text)


def shortened(words: str) -> str:
    """The words of a clause, cut at a word where they are long."""
    return textwrap.shorten(words, SHORT, placeholder=" …")
