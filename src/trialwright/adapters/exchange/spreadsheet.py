"""Text for a table that people open in a spreadsheet: none of it is reckoned with.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula, after blanks and in full width too, and one that
begins with a tab or a line end for two. Such a cell is written with an apostrophe before it. Files for programs keep
their data as they are (`cdisc.csv_file`).
"""

from __future__ import annotations

import re

FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff\u200b-\u200f\u2060]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def begins_a_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula; one that is typed in, as -1 is, may go on to be one.

    >>> [begins_a_formula(one) for one in ("=1+1", " @x", "-1", "ANC", "")]
    [True, True, True, False, False]
    """
    return FORMULA.match(text) is not None


def plain_cell(cell: object, *, numbers: bool = False) -> str:
    """A cell that no spreadsheet takes for a formula; nothing for None. `numbers` with a sign stay as they are.

    >>> plain_cell("=1+1"), plain_cell("ANC"), plain_cell(None), plain_cell("-1"), plain_cell("-1", numbers=True)
    ("'=1+1", 'ANC', '', "'-1", '-1')
    """
    text = "" if cell is None else str(cell)
    plain = not begins_a_formula(text) or (numbers and NUMBER.fullmatch(text))
    return text if plain else f"'{text}"
