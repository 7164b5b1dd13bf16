"""What is wrong at a field is said in the reader's language: every sentence that the core says of what was typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from trialwright.adapters.edc.entry.wording import SENTENCES, in_words
from trialwright.core import casebook

HERE = Path(str(casebook.__file__)).parent
SAYS = {"Unreadable": (0, 1), "finding": (1, 2)}
"""What makes such a sentence, and which of its arguments are sentences."""


def said_by_the_core() -> Iterator[tuple[str, str]]:
    """Every sentence written out in the readers of the casebook, its blanks filled with a word nobody uses."""
    for file in sorted(HERE.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        named = {one.targets[0].id: one.value for one in tree.body
                 if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)}  # fmt: skip
        for call in ast.walk(tree):
            name = getattr(getattr(call, "func", None), "id", "")
            for place in SAYS.get(name, ()) if isinstance(call, ast.Call) else ():
                one = call.args[place]
                text = _text(named.get(one.id, one) if isinstance(one, ast.Name) else one)
                if text:
                    yield f"{file.name}:{call.lineno}", text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "zzz" for one in node.values)
    return ""


FOUND = tuple(said_by_the_core())


def test_sentences_are_found_at_all() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize(("place", "text"), FOUND, ids=[place for place, _ in FOUND])
def test_each_sentence_of_the_readers_is_told_in_spanish(place: str, text: str) -> None:
    with override("es"):
        told = in_words(text.replace("itzzz.", "it, such as zzz.").replace("answerszzz", "answers; is zzz meant"))
    assert told is not None and told != text


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_pattern_is_translated_with_all_that_stands_in_it(sentence: str) -> None:
    blanks = re.findall(r"%\((\w+)\)s", sentence)
    filled = sentence % {name: f"z{place}z" for place, name in enumerate(blanks)}
    with override("es"):
        told = in_words(filled)
    assert told and told != filled
    assert sorted(re.findall(r"z\dz", told)) == sorted(re.findall(r"z\dz", filled))


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Absolute neutrophil count: 'abc' is no number.", "Recuento absoluto de neutrófilos: 'abc' no es un número."),
        ("Date: '2025-02-30': Feb 2025 has no day 30.", "Fecha: '2025-02-30': Feb 2025 no tiene día 30."),
        ("Start date lies in the future.", "Fecha de inicio está en el futuro."),
    ],
)
def test_the_label_and_the_value_stay_where_they_were(english: str, spanish: str) -> None:
    with override("es"):
        assert in_words(english) == spanish
    with override("en"):
        assert in_words(english) == english


@pytest.mark.parametrize("rule", ["Platelets 48000 /mm3 on 2008-03-03, limit < 50000 /mm3.", "", "is no number"])
def test_what_is_no_such_sentence_is_left_and_marked_as_english(rule: str) -> None:
    with override("es"):
        assert in_words(rule) is None
