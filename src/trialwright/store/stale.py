"""A stale save: somebody saved to the same stream since the form was opened.

The difference is three-way and by path: the value when the form was opened, the value now, and the value that would
be saved. The server never merges and never retries; the person decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trialwright.store import rows
from trialwright.store.canonical import spell
from trialwright.store.entry import Entry
from trialwright.store.errors import Difference, StaleVersion
from trialwright.store.submission import Submission

Saved = tuple[Any, str]
FirstSaid = Callable[[str], float]
"""The number of the event that recorded a path first; one that is greater than any where nothing did."""
FEW = 40
"""Up to so many paths are looked for in the text of a payload, which is faster than to take it apart."""


def long_ago(_path: str) -> float:
    """Nobody knows when a path was recorded first."""
    return 0


def refuse_stale(chain: str, submission: Submission, entries: Sequence[Entry], versions: Mapping[str, int]) -> None:
    """Refuse the submission if any stream is not at the version the person saw; `versions` is where each is now."""
    for stream, base in submission.base_versions.items():
        current = versions[stream]
        if current != base:
            mine = {path: value for entry in entries if entry.stream == stream for path, value in _items(entry.body)}
            raise StaleVersion(chain, stream, base, current, mine)


def differences(cursor: Any, wrong: StaleVersion, first_said: FirstSaid) -> list[Difference]:
    """Each item path that either side changed, with its value at the base, as it was refused on, and as it would be.

    It is read from the newest event back, and only as far as it tells anything; what was saved after the refusal is
    told at the next one.
    """
    wanted = wrong.mine
    at_base: dict[str, Saved] = {}
    since: dict[str, Saved] = {}
    unsettled: dict[str, str] | None = None
    found = rows.event_rows(cursor, wrong.chain, stream=wrong.stream, newest_first=True)
    for seq, header, _, _, body, redaction in found:
        known = json.loads(header)
        if known["sv"] > wrong.current:
            continue
        if known["sv"] > wrong.base:
            for path, value in _said(body, redaction).items():
                since.setdefault(path, (value, known["actor"]))
            continue
        if unsettled is None:
            unsettled = {path: spell(path) for path in {*since, *wanted} if first_said(path) <= seq}
        if not unsettled:
            break
        if body is None or _names_any(body, unsettled):
            for path, value in _said(body, redaction).items():
                if unsettled.pop(path, None):
                    at_base[path] = (value, known["actor"])
    return [_difference(path, at_base, since, wanted) for path in sorted({*since, *wanted})]


def _said(body: str | None, redaction: tuple[Any, ...] | None) -> Mapping[str, Any]:
    return dict(_items(body) if redaction is None else _stands(redaction[3]))


def _names_any(body: str, spelt: Mapping[str, str]) -> bool:
    """Whether the text of a payload has any of these paths in it, before it is taken apart; of many it is not asked."""
    return len(spelt) > FEW or any(path in body for path in spelt.values())


def _difference(path: str, at_base: dict[str, Saved], since: dict[str, Saved], wanted: Mapping[str, Any]) -> Difference:
    base = at_base.get(path, (None, ""))[0]
    theirs, by = since.get(path, (base, None))
    return Difference(path, base, theirs, wanted.get(path, base), by)


def _stands(body: str | None) -> list[tuple[str, Any]]:
    """The items of a redacted event, as far as they stand: what went is said to be redacted."""
    changes = [] if body is None else json.loads(body)
    told = [(change["path"].removeprefix("stands/"), change["new"]) for change in changes]
    return [(path, value) for path, value in told if path.count("/") == 2]


def _items(body: str | None) -> list[tuple[str, Any]]:
    """The items of a payload: paths of concept, instance and field; an event's own fields are not edited by others."""
    changes = [] if body is None else json.loads(body)
    said = [(change["path"], change["new"]) for change in changes if not change["path"].startswith("stands/")]
    return [(path, value) for path, value in said if path.count("/") == 2]
