"""What verification asks of checkpoints: those that the database holds, and those that were kept elsewhere.

`walk` is the walk of `store.checks` at its end: every event was recomputed, and the root is known at each size that a
note speaks of. Read `bad_anchors`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.store.checkpoints import kept
from trialwright.store.checkpoints.anchors import Anchors, Judged, Recomputed, Stood, judge, misstated
from trialwright.store.checkpoints.keys import decoded_key
from trialwright.store.checkpoints.notes import read_note
from trialwright.store.checks import ALTERED, Bad, Walk, printable
from trialwright.store.issuer import SIMULATED


def recomputed(walk: Walk) -> dict[str, Recomputed]:
    """Each chain as the walk found it."""
    keys = tuple(key for text in walk.keys if (key := decoded_key(text)))
    return {
        name: Recomputed(
            name,
            end.seq,
            walk.firsts[name],
            end.opened is not None and end.opened.kind == SIMULATED,
            keys,
            {size: Stood(*stood) for (of, size), stood in walk.stood.items() if of == name},
        )
        for name, end in walk.ends.items()
    }


def judged(cursor: Any, walk: Walk, anchors: Anchors) -> Judged:
    """What notes that were kept elsewhere say of the ledger."""
    chains = recomputed(walk)
    for name, size, root, note, *_ in kept.notes(cursor):
        one = chains.get(name)
        if one and size in one.stood and one.stood[size].root == bytes(root) and not misstated(one, size, root, note):
            one.signed = (*one.signed, size)
    return judge(anchors, list(chains.values()))


def bad_notes(cursor: Any, walk: Walk) -> Iterator[Bad]:
    """The notes that the database itself holds and that are not as they were signed; their roots were looked at."""
    chains = recomputed(walk)
    for name, size, root, note, sent_to, sent_at in kept.notes(cursor):
        if name not in chains:
            continue
        if why := misstated(chains[name], size, bytes(root), note):
            yield Bad(ALTERED, size, None, "ledger_checkpoint.note", f"{printable(name)}: {why}")
        elif (sent_to is None) != (sent_at is None) or sent_at not in (None, read_note(note).checkpoint.at):
            yield Bad(ALTERED, size, None, "ledger_checkpoint.anchored_at", "it is not when the note was signed")


def summary(found: Judged, walk: Walk) -> dict[str, Any]:
    """What the anchors bear out, as one document."""
    return found.as_json({name: end.seq for name, end in walk.ends.items()})
