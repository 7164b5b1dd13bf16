"""A stale save: somebody saved to the same stream since the form was opened.

The difference is three-way and by path: the value when the form was opened, the value now, and the value that would
be saved. The server never merges and never retries; the person decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trialwright.store import rows
from trialwright.store.entry import Entry
from trialwright.store.errors import Difference, StaleVersion
from trialwright.store.submission import Submission

Saved = tuple[Any, str]


def refuse_stale(
    cursor: Any, chain: str, submission: Submission, entries: Sequence[Entry], versions: Mapping[str, int]
) -> None:
    """Refuse the submission if any stream is not at the version the person saw; `versions` is where each is now."""
    for stream, base in submission.base_versions.items():
        current = versions[stream]
        if current != base:
            mine = [entry for entry in entries if entry.stream == stream]
            raise StaleVersion(stream, base, current, differences(cursor, chain, stream, base, mine))


def differences(cursor: Any, chain: str, stream: str, base: int, mine: Iterable[Entry]) -> list[Difference]:
    """Each item path that either side changed, with its value at the base, now, and as it would be saved.

    Others wait for the lock meanwhile, so it is read from the newest event back, and only as far as it tells anything.
    """
    wanted = {path: value for entry in mine for path, value in _items(entry.body)}
    at_base: dict[str, Saved] = {}
    since: dict[str, Saved] = {}
    for _, header, _, _, body, redaction in rows.event_rows(cursor, chain, stream=stream, newest_first=True):
        known = json.loads(header)
        open_paths = {*since, *wanted} - at_base.keys()
        if known["sv"] <= base and not open_paths:
            break
        said = dict(_items(body) if redaction is None else _stands(redaction[3]))
        for path in said if known["sv"] > base else said.keys() & open_paths:
            (since if known["sv"] > base else at_base).setdefault(path, (said[path], known["actor"]))
    return [_difference(path, at_base, since, wanted) for path in sorted({*since, *wanted})]


def _difference(path: str, at_base: dict[str, Saved], since: dict[str, Saved], wanted: dict[str, Any]) -> Difference:
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
