"""The canonical form: one spelling for each value, and a refusal for what has none."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.store.canonical import NotCanonical, canonical, read_canonical

KEYS = st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


@given(VALUES)
def test_a_value_reads_back_as_itself_and_has_one_spelling(value):
    assert read_canonical(canonical(value)) == value
    assert canonical(read_canonical(canonical(value))) == canonical(value)


# RFC 8785 §3.2.2.2: the two-character escapes, lower-case \u00xx for other controls, everything else as itself.
@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ('"', r'"\""'),
        ("\\", r'"\\"'),
        ("\b\f\n\r\t", r'"\b\f\n\r\t"'),
        ("\x01\x1f", '"\\u0001\\u001f"'),
        ("\x7f", '"\x7f"'),
        ("€µ😂", '"€µ😂"'),
        ("/", '"/"'),
    ],
)
def test_text_is_escaped_as_rfc_8785_says(text, spelt):
    assert canonical(text) == spelt


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("a float", {"dose": 1.5}),
        ("a float that is whole", [1.0]),
        ("not a number", float("nan")),
        ("a whole number of 2^53", 2**53),
        ("a whole number of -2^53", -(2**53)),
        ("a key with a blank", {"a b": 1}),
        ("a key with a letter that is not ASCII", {"µ": 1}),
        ("an empty key", {"": 1}),
        ("a key that is a number", {1: 1}),
        ("a NUL", "a\0b"),
        ("text that is not NFC", "e\u0301"),
        ("half a surrogate pair", "\ud83d"),
        ("bytes", b"x"),
        ("a set", {1}),
    ],
)
def test_what_has_no_canonical_spelling_is_refused(what, value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_the_largest_whole_numbers_are_allowed():
    assert canonical([2**53 - 1, -(2**53) + 1]) == "[9007199254740991,-9007199254740991]"


def test_the_message_says_where_and_never_what():
    with pytest.raises(NotCanonical, match=r"\$\.items\[1\]") as refusal:
        canonical({"items": ["sound", "Mu\u0308ller"]})
    assert "ller" not in str(refusal.value)


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', '{"a":1.0}', '"\\u00e9"', "[1,]", "NaN", "[" * 100000]
)
def test_another_spelling_of_json_is_not_read(text):
    with pytest.raises(NotCanonical):
        read_canonical(text)


def test_python_reads_the_same_value():
    assert json.loads(canonical({"u": "10*3/uL", "v": "3.20"})) == {"v": "3.20", "u": "10*3/uL"}
