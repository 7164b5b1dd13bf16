"""What a sponsor says for the registry beside the data: contact, agreement, expected months, abbreviations.

It stands in `registry.yaml` in the study's folder, which need not be there:

    moreInfoModule:    contact, agreement and limitations, by the registry's own field names
    expected:          {endpoint: the month in which its data are expected, as in 2027-03}
    abbreviations:     {VAS: visual analogue scale}

Its parts `protocolSection` and `upload` are of the protocol section (`exchange.ctgov.said`).

Nothing of it is made up where it is not said. Read `read_said`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trialwright.adapters.exchange.ctgov.results.more import MoreInfo
from trialwright.adapters.exchange.ctgov.results.typed import Kept, read_typed
from trialwright.adapters.exchange.ctgov.said import PARTS
from trialwright.adapters.study import read_yaml
from trialwright.core.terms import Finding, PartialDate, Severity

NAME = "registry.yaml"
MORE, EXPECTED, SHORT = "moreInfoModule", "expected", "abbreviations"


@dataclass(frozen=True)
class Said:
    """What the sponsor says beside the data."""

    more: MoreInfo = field(default_factory=MoreInfo)
    expected: Mapping[str, PartialDate] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)


NOTHING_SAID = Said()


def read_said(folder: Path) -> tuple[Said, tuple[Finding, ...]]:
    """The file of a study's folder, and what is wrong in it; without the file nothing is said."""
    file = folder / NAME
    if not file.is_file():
        return Said(), ()
    document, findings = read_yaml(file.read_bytes(), NAME)
    if findings:
        return Said(), tuple(findings)
    return _said(document.data)


def _said(data: Any) -> tuple[Said, tuple[Finding, ...]]:
    if not isinstance(data, Mapping):
        return Said(), (_wrong((), "It is no list of names with values."),)
    kept: Kept = []
    more = read_typed(MoreInfo, data.get(MORE, {}), (MORE,), kept)
    months, short = dict(_months(data.get(EXPECTED, {}))), dict(_words(data.get(SHORT, {})))
    findings = [
        *(_unknown(str(name)) for name in data if name not in (MORE, EXPECTED, SHORT, *PARTS)),
        *(_wrong(one.path, f"It is not understood: {one.why}.") for one in kept),
        *(
            _wrong((EXPECTED, name), f"{one!r} is no month as in 2027-03.")
            for name, one in months.items()
            if not _is_date(one)
        ),
        *(_wrong((SHORT, name), "It is no text.") for name, one in short.items() if one is None),
    ]
    expected = {name: one for name, one in months.items() if isinstance(one, PartialDate)}
    return Said(more or MoreInfo(), expected, {name: one for name, one in short.items() if one}), tuple(findings)


def _is_date(value: object) -> bool:
    return isinstance(value, PartialDate)


def _months(data: Any) -> Iterator[tuple[str, object]]:
    """Each endpoint with its month, or with what was written where that is none."""
    for name, value in data.items() if isinstance(data, Mapping) else ():
        try:
            yield str(name), PartialDate.parse(value)
        except ValueError:
            yield str(name), value


def _words(data: Any) -> Iterator[tuple[str, str | None]]:
    for name, value in data.items() if isinstance(data, Mapping) else ():
        yield str(name), value if isinstance(value, str) else None


def _unknown(name: str) -> Finding:
    near = get_close_matches(name, (MORE, EXPECTED, SHORT, *PARTS), 1)
    return _wrong((name,), f"There is no {name} here.{f' Is {near[0]} meant?' if near else ''}")


def _wrong(path: tuple[str | int, ...], says: str) -> Finding:
    where = ".".join(map(str, path))
    return Finding(
        about=f"{NAME} {where}".strip(),
        says=says,
        matters="It was not taken into the results.",
        do="Correct it; docs/reference/registry-results.md has an example.",
        severity=Severity.WARNING,
        where=NAME,
    )
