"""In which country a site lies, by its time zone: from the list of zones that comes with the time zone database.

A zone that belongs to several countries, or to none, gives none; nothing is guessed. Read `country_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def country_of(zone: str) -> str | None:
    """The country of a time zone (IANA name).

    >>> country_of("America/Chicago"), country_of("Europe/Oslo"), country_of("UTC")
    ('United States', 'Norway', None)
    """
    return _countries().get(zone)


@cache
def _countries() -> Mapping[str, str]:
    """Zones of one country each; the names are those of ISO 3166."""
    names = dict(_rows("iso3166.tab", 0, 1))
    zones: dict[str, set[str]] = {}
    for code, zone in _rows("zone.tab", 0, 2):
        zones.setdefault(zone, set()).add(code)
    return {zone: names[code] for zone, codes in zones.items() if len(codes) == 1 and (code := min(codes)) in names}


def _rows(name: str, first: int, second: int) -> list[tuple[str, str]]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    cells = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(one[first], one[second]) for one in cells]
