"""What a browser sent back -> what was typed into each item.

A field's name begins with what it is of the item: `v:` its value, `u:` its unit, `m:` why there is no value, `r:` a
remark on that, `ok:` why an unusual value is right, `keep:` whose value stays after a stale save. Read `typed_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from trialwright.core.casebook import Typed

LONGEST_POST = 3000
"""How many fields one form may send back; the largest casebook page has some hundreds."""
OWN = ("csrfmiddlewaretoken", "key", "version")
THEIRS = "theirs"


@dataclass(frozen=True)
class Posted:
    """A form as it came back: what was typed, remarks, why unusual values are right; the key, version and reason."""

    typed: Mapping[str, Typed]
    remarks: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    version: int = 0
    reason: str = ""
    why: str = ""


def posted(data: QueryDict) -> Posted:
    """The form as it came back; a field that is of no item, or odd, is nothing."""
    version = data.get("version", "")
    return Posted(
        typed=typed_of(data),
        remarks=_named(data, "r:"),
        confirmed={path: said for path, said in _named(data, "ok:").items() if said.strip()},
        key=data.get("key", "")[:100],
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
        reason=data.get("reason", ""),
        why=" ".join(data.get("why", "").split()),
    )


def typed_of(data: QueryDict) -> dict[str, Typed]:
    """What was typed into each item that came back, but those of which the other version was kept."""
    texts, units, missing = (_named(data, prefix) for prefix in ("v:", "u:", "m:"))
    kept = {path for path, said in _named(data, "keep:").items() if said == THEIRS}
    paths = [path for path in dict.fromkeys((*texts, *missing)) if path not in kept]
    return {path: Typed(texts.get(path, ""), units.get(path, ""), missing.get(path, "")) for path in paths}


def _named(data: QueryDict, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): str(data[name]) for name in data if name.startswith(prefix)}
