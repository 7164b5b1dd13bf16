"""What a browser sent back -> what was typed into each item.

A field's name begins with what it is of the item: `v:` its value, `u:` its unit, `m:` why there is no value, `r:` a
remark on that, `ok:` why an unusual value is right, `keep:` whose value stays after a stale save. Read `posted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from django.http import QueryDict

from trialwright.core.casebook import Typed

THEIRS = "theirs"
LONGEST_KEY = 100


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
    version, parts = data.get("version", ""), _parts(data)
    return Posted(
        typed=_typed(parts),
        remarks=parts["r"],
        confirmed={path: said for path, said in parts["ok"].items() if said.strip()},
        key=_key(data.get("key", "")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
        reason=data.get("reason", ""),
        why=" ".join(data.get("why", "").split()),
    )


def _key(sent: str) -> str:
    """The key of the save; of one longer than any that was minted its digest, so that two of them stay two."""
    return sent if len(sent) <= LONGEST_KEY else sha256(sent.encode(errors="replace")).hexdigest()


def _parts(data: QueryDict) -> dict[str, dict[str, str]]:
    """What came back of each item, by what it is of it."""
    parts: dict[str, dict[str, str]] = {name: {} for name in ("v", "u", "m", "r", "ok", "keep")}
    for name in data:
        prefix, colon, path = name.partition(":")
        if colon and prefix in parts:
            parts[prefix][path] = str(data[name])
    return parts


def _typed(parts: dict[str, dict[str, str]]) -> dict[str, Typed]:
    """What was typed into each item that came back, but those of which the other version was kept."""
    texts, units, missing = parts["v"], parts["u"], parts["m"]
    kept = {path for path, said in parts["keep"].items() if said == THEIRS}
    paths = dict.fromkeys((*texts, *missing))
    return {
        one: Typed(texts.get(one, ""), units.get(one, ""), missing.get(one, "")) for one in paths if one not in kept
    }
