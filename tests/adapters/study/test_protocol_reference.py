"""The reference of the protocol file and of conditions names every key, construct and word of a closed list."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import get_args

import pytest

from trialwright.adapters.study.loading_shape import hints
from trialwright.core import protocol
from trialwright.core.conditions import CONSTRUCTS
from trialwright.core.protocol import ENCOUNTER_ANCHORS, READINESS
from trialwright.core.terms import Written

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"
TEXT = "".join((REFERENCE / page).read_text(encoding="utf-8") for page in ("protocol-file.md", "conditions.md"))
CODE = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`", TEXT))))
CLASSES = [each for each in vars(protocol).values() if isinstance(each, type)]


def within(hint: object) -> set[type]:
    """The classes that a type hint of the protocol names, however it wraps them."""
    found = {hint} if isinstance(hint, type) else set()
    return found.union(*(within(part) for part in get_args(hint)))


def of_the_file(each: type) -> set[type]:
    """A class and all that its keys lead to: what a protocol file can say."""
    found, waiting = set(), [each]
    while waiting:
        one = waiting.pop()
        if one not in found and is_dataclass(one):
            found.add(one)
            waiting += [part for hint in hints(one).values() for part in within(hint)]
    return found


WRITTEN_AS_KEYS = [each for each in of_the_file(protocol.StudyProtocol) & set(CLASSES) if not issubclass(each, Written)]
KEYS = sorted({key for each in WRITTEN_AS_KEYS for key in hints(each)})
CONSTRUCT_KEYS = sorted({*CONSTRUCTS, *(key for _, further in CONSTRUCTS.values() for key in further)})
ENUM_WORDS = sorted({word.value for each in CLASSES if issubclass(each, Enum) for word in each})


@pytest.mark.parametrize("key", [*KEYS, *CONSTRUCT_KEYS])
def test_every_key_and_construct_is_named(key):
    assert key in CODE


@pytest.mark.parametrize("word", [*ENUM_WORDS, *ENCOUNTER_ANCHORS, *READINESS])
def test_every_word_of_a_closed_list_is_named(word):
    assert word in TEXT
