"""The letters of the figures inside the file that shows them, so that they look the same where the font is not at hand.

The font comes with matplotlib; only the characters that occur are taken. The same characters give the same bytes. Read
`font_faces`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from io import BytesIO
from pathlib import Path

FAMILY = "DejaVu Sans"
FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
"""The file of each weight, among the fonts of matplotlib."""
TEXT = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
UNUSED = ["FFTM"]
"""Tables of these fonts that no reader needs: the times of an editor."""
STYLE = '<style type="text/css">'


def font_faces(figures: Iterable[str]) -> str:
    """The rules of a style sheet that bring the letters of these figures along."""
    characters = frozenset(character for svg in figures for character in letters(svg))
    return "".join(_face(weight, characters) for weight in FILES) if characters else ""


def with_fonts(svg: str) -> str:
    """A figure as a file of its own, with its letters in it."""
    return svg.replace(STYLE, STYLE + font_faces([svg]), 1)


def letters(svg: str) -> set[str]:
    """The characters of every text of a figure.

    >>> sorted(letters('<text x="1">a &lt; <tspan>b</tspan></text>'))
    [' ', '<', 'a', 'b']
    """
    return {character for text in TEXT.findall(svg) for character in unescape(TAG.sub("", text)) if character != "\n"}


@lru_cache(maxsize=64)
def _face(weight: str, characters: frozenset[str]) -> str:
    data = b64encode(_subset(FILES[weight], characters)).decode("ascii")
    source = f"url(data:font/woff;base64,{data}) format('woff')"
    return f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:{source}}}"


def _subset(file: str, characters: frozenset[str]) -> bytes:
    """The font with these characters alone; one that it does not have is left to the reader's own fonts."""
    import matplotlib
    from fontTools import subset

    options = subset.Options(flavor="woff", hinting=False, layout_features=["kern"], recalc_timestamp=False)
    options.drop_tables += UNUSED
    told = BytesIO()
    with subset.load_font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / file), options) as font:
        only = subset.Subsetter(options)
        only.populate(unicodes=[ord(character) for character in sorted(characters)])
        only.subset(font)
        subset.save_font(font, told, options)
    return told.getvalue()
