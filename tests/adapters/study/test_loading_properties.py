"""Whatever stands in a protocol file, opening it ends in a study or in findings with a place, never in a crash."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import PROTOCOL, study_folder

from trialwright.adapters.study import load_study, read_yaml
from trialwright.core.terms import Severity

LINES = PROTOCOL.splitlines(keepends=True)
PIECES = [
    "[",
    "{",
    "}",
    "null",
    "3",
    "'",
    '"',
    "- ",
    ": ",
    "&a ",
    "!x ",
    "|\n",
    "\t",
    "≥",
    "~",
    "true",
    "1-21",
    "28 days",
    "[]",
]


def opened(content: bytes) -> None:
    """Open a study with this protocol; what is promised of every file holds."""
    with tempfile.TemporaryDirectory() as root:
        study = load_study(study_folder(Path(root), content))
    errors = [one for one in study.findings if one.severity is Severity.ERROR]
    assert bool(study.versions) is not bool(errors)
    assert all(re.fullmatch(r"1\.yaml:\d+:\d+", str(one.where)) for one in study.findings)
    assert all(one.says and one.matters and one.do for one in study.findings)


@settings(max_examples=60)
@given(st.integers(0, len(PROTOCOL) - 1), st.integers(0, 12), st.sampled_from(PIECES))
def test_a_piece_put_anywhere_into_a_protocol_is_read_or_found(at, gone, piece):
    opened((PROTOCOL[:at] + piece + PROTOCOL[at + gone :]).encode())


@settings(max_examples=40)
@given(st.integers(0, len(LINES) - 1), st.integers(1, 5))
def test_lines_that_are_missing_are_found_or_not_missed(first, count):
    opened("".join(LINES[:first] + LINES[first + count :]).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_data_or_findings(content):
    document, findings = read_yaml(content, "1.yaml")
    assert findings or document.data is None or isinstance(document.data, dict | list | str | int | bool)
