"""The reference of the protocol file and of conditions names every key, construct and word of a closed list."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path

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
WRITTEN_AS_KEYS = [each for each in CLASSES if is_dataclass(each) and not issubclass(each, Written)]
KEYS = sorted({key for each in WRITTEN_AS_KEYS for key in hints(each)})
CONSTRUCT_KEYS = sorted({*CONSTRUCTS, *(key for _, further in CONSTRUCTS.values() for key in further)})
ENUM_WORDS = sorted({word.value for each in CLASSES if issubclass(each, Enum) for word in each})


@pytest.mark.parametrize("key", [*KEYS, *CONSTRUCT_KEYS])
def test_every_key_and_construct_is_named(key):
    assert key in CODE


@pytest.mark.parametrize("word", [*ENUM_WORDS, *ENCOUNTER_ANCHORS, *READINESS])
def test_every_word_of_a_closed_list_is_named(word):
    assert word in TEXT
