"""Every unit of the table is derived again from UCUM's own file of definitions, by a reader that shares no code.

The reader below splits a code on its strokes and points, and follows each definition down to metre, gram and second in
fractions. It stops at mol, eq, osm and [iU], which the project keeps as dimensions of their own.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from trialwright.standards.units import read_unit
from trialwright.standards.units.table import ATOMS, OFFERED, PREFIXES, SPOKEN, SPOKEN_ATOMS

OWN_DIMENSIONS = {"mol": "mol", "eq": "eq", "osm": "osm", "[iU]": "iU"}
NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
TEMPERATURES = {"Cel": (Fraction(1), Fraction("273.15")), "[degF]": (Fraction(5, 9), Fraction("459.67"))}


class Essence:
    """UCUM's definitions: code -> (is metric, value, unit it is defined by)."""

    def __init__(self, file: Path) -> None:
        root = ElementTree.parse(file).getroot()
        self.prefixes = {
            p.get("Code"): Fraction(p.find(f"{NAMESPACE}value").get("value")) for p in root.iter(f"{NAMESPACE}prefix")
        }
        self.bases = {u.get("Code") for u in root.iter(f"{NAMESPACE}base-unit")}
        self.units = {u.get("Code"): u for u in root.iter(f"{NAMESPACE}unit")}

    def resolve(self, code: str) -> tuple[Fraction, Counter]:
        """Factor and powers of base units."""
        factor, powers, sign = Fraction(1), Counter(), 1
        for piece in re.findall(r"[./]|(?:\[[^\]]*\]|\{[^}]*\}|[^./])+", code):
            if piece in "./":
                sign = -1 if piece == "/" else 1
                continue
            if piece.startswith("{"):
                continue
            part, more = self.component(piece)
            factor *= part**sign
            for base, power in more.items():
                powers[base] += sign * power
        return factor, Counter({base: power for base, power in powers.items() if power})

    def component(self, piece: str) -> tuple[Fraction, Counter]:
        if piece.isdigit():
            return Fraction(piece), Counter()
        atom, power = re.fullmatch(r"(10[*^]|.*?[^0-9+-])([+-]?\d+)?", piece).groups()
        exponent = int(power or 1)
        factor, powers = self.atom(atom)
        return factor**exponent, Counter({base: one * exponent for base, one in powers.items()})

    def atom(self, code: str) -> tuple[Fraction, Counter]:
        if code in OWN_DIMENSIONS:
            return Fraction(1), Counter({OWN_DIMENSIONS[code]: 1})
        if code in self.bases:
            return Fraction(1), Counter({code: 1})
        if code in self.units:
            value = self.units[code].find(f"{NAMESPACE}value")
            factor, powers = self.resolve(value.get("Unit"))
            return Fraction(value.get("value")) * factor, powers
        for prefix in sorted(self.prefixes, key=len, reverse=True):
            rest = code[len(prefix) :]
            if code.startswith(prefix) and (rest in self.bases or rest in self.units):
                metric = rest in self.bases or self.units[rest].get("isMetric") == "yes"
                assert metric, f"{rest} takes no prefix"
                factor, powers = self.atom(rest)
                return self.prefixes[prefix] * factor, powers
        raise AssertionError(f"UCUM has no {code}")


@pytest.fixture(scope="module")
def essence(corpus: Path) -> Essence:
    return Essence(corpus / "ucum" / "ucum-essence.xml")


def plain(powers: Counter) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(powers.items()))


@pytest.mark.parametrize("code", [c for c in ATOMS if c not in TEMPERATURES])
def test_each_atom_is_what_ucum_says(essence, code):
    factor, powers = essence.resolve(code)
    assert (ATOMS[code].factor, ATOMS[code].dimension) == (factor, plain(powers))


@pytest.mark.parametrize("code", TEMPERATURES)
def test_each_temperature_is_what_ucum_says(essence, code):
    function = essence.units[code].find(f"{NAMESPACE}value/{NAMESPACE}function")
    scale, _ = essence.resolve(function.get("Unit"))
    factor, offset = TEMPERATURES[code]
    assert Fraction(function.get("value")) * scale == factor
    assert (ATOMS[code].factor, ATOMS[code].offset) == (factor, offset)


@pytest.mark.parametrize("code", sorted(c for c, atom in ATOMS.items() if atom.prefixed))
def test_only_metric_units_take_prefixes(essence, code):
    assert code in essence.bases or essence.units[code].get("isMetric") == "yes"


def test_each_prefix_is_what_ucum_says(essence):
    assert {code: essence.prefixes[code] for code in PREFIXES} == dict(PREFIXES)


COMPOSED = sorted({*OFFERED, *SPOKEN.values(), *SPOKEN_ATOMS.values()} - set(TEMPERATURES))


@pytest.mark.parametrize("code", COMPOSED)
def test_each_unit_that_is_offered_or_written_for_a_spelling_is_what_ucum_says(essence, code):
    factor, powers = essence.resolve(code)
    unit = read_unit(code)
    physical = tuple(pair for pair in unit.dimension if not pair[0].startswith("{"))
    assert (unit.factor, physical) == (factor, plain(powers))
