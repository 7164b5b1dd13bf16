"""What the visits, samples and items of a study are called on every page: by their labels, never by their keys.

Labels come from every version of the protocol and its standards; the words of our own in the reader's language. Read
`called`.
"""

from __future__ import annotations

from functools import partial

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import words
from trialwright.core.protocol import Concept
from trialwright.core.schedule.naming import Labels


def concepts_of(desk: Desk) -> dict[str, Concept]:
    """Every concept of every version's standards and protocol."""
    found: dict[str, Concept] = {}
    for version in desk.trial.versions:
        found |= dict(desk.trial.standards[version].concepts)
        found |= {one.id: one for one in desk.trial.versions[version].concepts}
    return found


def labels_of(desk: Desk) -> Labels:
    """What items, visits and samples of the study are called."""
    return desk.open.answer(("what things are called",), tuple(desk.trial.versions), partial(_made, desk))


def _made(desk: Desk) -> Labels:
    return Labels(concepts_of(desk), desk.trial.versions.values(), words.said)


def called(desk: Desk, key: str) -> str:
    """A visit or a sample by its key; other names with their blanks."""
    labels = labels_of(desk)
    return labels.sample(key) or labels.encounter(key)
