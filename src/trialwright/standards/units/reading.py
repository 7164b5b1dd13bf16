"""From what was typed to a unit: spelling -> UCUM code -> dimension and exact factor.

A text is read as UCUM first; where that fails, as one of the spellings in `table`. Traps are refused with the reason:
K/uL (kelvin), 109/L (a lost superscript), months and years. Read `read_unit` first.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from trialwright.core.terms import UnitMismatch
from trialwright.standards.units.table import (
    ATOMS,
    CALENDAR_WORDS,
    HINTS,
    LABELS,
    OFFERED,
    PREFIXES,
    REFUSED,
    SPOKEN,
    SPOKEN_ATOMS,
    Atom,
    Dimension,
)


@dataclass(frozen=True)
class Unit:
    """A unit in base units: value * factor (after adding the offset), its dimension, and what it is a fraction of.

    `fraction_of` keeps mmol/mol and mg/kg apart from a plain percentage.
    """

    code: str
    factor: Fraction
    dimension: Dimension
    offset: Fraction = Fraction(0)
    fraction_of: frozenset[str] = frozenset()


class _NotUcum(Exception):
    """The text is not built from the atoms of the table; it never leaves this module."""


TOKEN = re.compile(
    r"\s*(10[*^][+-]?\d{1,2}(?!\d)|\{[^{}]*\}|[./()]|(?:[A-Za-z%]|\[[^\[\]]*\])+|[+-]?\d{1,6}(?!\d))", re.ASCII
)
AROUND = re.compile(r"\s*([./()])\s*")
"""A sign of UCUM with the blanks around it, which no code has."""
LARGEST_POWER = 9
LOST_SUPERSCRIPT = re.compile(r"(?:^|[x×*]\s*)10(3|6|9|12)\s*/")
COUNTED = frozenset({"g", "mol"})
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit:
    """The unit that was typed; a UnitMismatch says why there is none and offers the near miss.

    >>> read_unit("×10⁹/L").code, read_unit("10*9/L").factor
    ('10*9/L', Fraction(1000000000000, 1))
    """
    typed = " ".join(text.split())
    if not typed:
        raise UnitMismatch(
            f"No unit was given, only {text!r}; a missing unit is never guessed. Re-enter the value with its unit."
        )
    _refuse_traps(typed)
    for code in (AROUND.sub(r"\1", typed), _spoken(typed)):
        try:
            return _Reader(code).unit()
        except _NotUcum:
            continue
    raise UnitMismatch(f"The unit {typed!r} is not known{_near_miss(typed)}")


def ucum_code(text: str) -> str:
    """The UCUM code of what was typed.

    >>> ucum_code("µmol/L"), ucum_code("cells/mm³")
    ('umol/L', '{cells}/mm3')
    """
    return read_unit(text).code


def _refuse_traps(typed: str) -> None:
    if power := LOST_SUPERSCRIPT.search(typed):
        meant = f"10*{power[1]}/{typed[power.end() :].strip()}"
        raise UnitMismatch(f"The unit {typed!r} seems to have lost a superscript; if {meant} is meant, write that.")
    for word in re.findall(r"[A-Za-z]+", re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", " ", typed)):
        atom = CALENDAR_WORDS.get(word.lower(), word)
        if atom in REFUSED:
            raise UnitMismatch(f"The unit {typed!r} is refused: {REFUSED[atom]}.")


def _near_miss(typed: str) -> str:
    if typed in HINTS:
        return f"; did you mean {HINTS[typed]}?"
    multiplied = re.match(r"[x×X]?\s*\d|[eE]\d", typed)  # a near miss never drops a multiplier
    folded = {code.casefold(): code for code in OFFERED if code.startswith("10*") or not multiplied}
    close = get_close_matches(_rewritten(typed).casefold(), folded, n=1, cutoff=0.5)
    return f"; did you mean {folded[close[0]]}?" if close else "; write a UCUM code, such as mg/dL or 10*9/L."


def _spoken(typed: str) -> str:
    """The UCUM code of a site's spelling, as far as the table knows it."""
    rewritten = _rewritten(typed)
    if rewritten in SPOKEN:
        return SPOKEN[rewritten]
    return "/".join(_spoken_part(part.strip()) for part in rewritten.split("/"))


def _spoken_part(part: str) -> str:
    """One side of a stroke: a word of the table, or several joined by points, such as 10*9.cells."""
    if part in SPOKEN_ATOMS:
        return SPOKEN_ATOMS[part]
    return ".".join(SPOKEN_ATOMS.get(word, word) for word in part.split("."))


def _rewritten(typed: str) -> str:
    """Greek letters, superscripts, times signs and powers of ten in UCUM's letters."""
    text = typed.replace("µ", "u").replace("μ", "u").replace("º", "°")
    text = re.sub(r"(?:^|\s+)per\s+", "/", text)
    text = re.sub(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "10*" + power[1].translate(SUPERSCRIPTS), text)
    text = text.translate(SUPERSCRIPTS)
    text = re.sub(r"^\s*(?:[x×X]\s*)?10\s*(?:\*\*|\^|[eE]|\*)\s*\+?0*(\d+)\s*", r"10*\1 ", text)
    text = re.sub(r"([A-Za-z])(?:\^|\*\*)(\d)", r"\1\2", text)
    text = re.sub(r"^1[eE]\+?0*(\d+)\s*/", r"10*\1/", text)
    text = re.sub(r"^[x×X]\s*(?=10+/)", "", text)
    text = re.sub(r"/\s*24\s*(?:h|hr|hrs|hours)$", "/d", text)
    text = re.sub(r"^(10\*\d+) +(?=[A-Za-z])", r"\1.", text)
    text = re.sub(r"\s*/\s*", "/", text).strip()
    return re.sub(r"(?<=[a-zA-Z/])u[lL]\b|\bu[lL]\b", "uL", re.sub(r"\bml\b", "mL", re.sub(r"\bdl\b", "dL", text)))


class _Reader:
    """Reads one UCUM expression: components joined by . and /, with powers, numbers, labels and brackets."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.tokens: list[str] = []
        at = 0
        while at < len(code):
            found = TOKEN.match(code, at)
            if not found:
                raise _NotUcum
            self.tokens.append(found[1])
            at = found.end()
        self.at = 0

    def unit(self) -> Unit:
        """The whole expression; an offset (temperature) is only meant when it stands alone."""
        if len(self.tokens) == 1 and (alone := ATOMS.get(self.tokens[0])) and alone.offset:
            return Unit(self.code, alone.factor, alone.dimension, alone.offset)
        factor, above, below = self._term()
        if self.at != len(self.tokens):
            raise _NotUcum
        powers = {symbol: above.get(symbol, 0) - below.get(symbol, 0) for symbol in {*above, *below}}
        return Unit(
            self.code,
            factor,
            tuple(sorted((symbol, power) for symbol, power in powers.items() if power)),
            fraction_of=COUNTED & above.keys() & below.keys(),
        )

    def _term(self) -> tuple[Fraction, dict[str, int], dict[str, int]]:
        factor = Fraction(1)
        sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
        under = self._take("/")
        while True:
            part, above, below = self._component()
            factor = factor / part if under else factor * part
            for side, powers in zip(sides, (below, above) if under else (above, below), strict=True):
                for symbol, power in powers.items():
                    side[symbol] = side.get(symbol, 0) + power
            if self._take("."):
                under = False
            elif self._take("/"):
                under = True
            else:
                return factor, *sides

    def _component(self) -> tuple[Fraction, dict[str, int], dict[str, int]]:
        if self.at == len(self.tokens):
            raise _NotUcum
        if self._take("("):
            inner = self._term()
            if not self._take(")"):
                raise _NotUcum
            return inner
        token = self.tokens[self.at]
        self.at += 1
        if token.startswith("{"):
            return _label(token)
        if re.fullmatch(r"10[*^][+-]?\d+", token):
            return Fraction(10) ** int(token[3:]), {}, {}
        if token.isdigit() and int(token) > 0:
            return Fraction(int(token)), {}, {}
        atom = _atom(token)
        power = self._power()
        self._skip_label()
        return atom.factor**power, *_sides(atom.dimension, power)

    def _power(self) -> int:
        if self.at < len(self.tokens) and re.fullmatch(r"[+-]?\d+", self.tokens[self.at]):
            self.at += 1
            power = int(self.tokens[self.at - 1])
            if not 0 < abs(power) <= LARGEST_POWER:
                raise _NotUcum
            return power
        return 1

    def _skip_label(self) -> None:
        if self.at < len(self.tokens) and self.tokens[self.at].startswith("{"):
            if self.tokens[self.at][1:-1] not in LABELS:
                raise _NotUcum
            self.at += 1

    def _take(self, sign: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at] == sign
        self.at += taken
        return taken


def _label(token: str) -> tuple[Fraction, dict[str, int], dict[str, int]]:
    """A label that only says what is counted is the number one; any other is a dimension of its own."""
    return Fraction(1), {} if token[1:-1] in LABELS else {token: 1}, {}


def _atom(token: str) -> Atom:
    if token in ATOMS:
        if ATOMS[token].offset:
            raise _NotUcum
        return ATOMS[token]
    prefix, rest = token[:1], ATOMS.get(token[1:])
    if prefix not in PREFIXES or rest is None or not rest.prefixed:
        raise _NotUcum
    return rest._replace(factor=rest.factor * PREFIXES[prefix])


def _sides(dimension: Dimension, power: int) -> tuple[dict[str, int], dict[str, int]]:
    above = {symbol: one * power for symbol, one in dimension if one * power > 0}
    below = {symbol: -one * power for symbol, one in dimension if one * power < 0}
    return above, below
