"""The catalogues of the pages' words are whole: every text is there, translated, with the same places for values."""

from __future__ import annotations

import gettext
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parents[4] / "docs" / "messages.py"
PLACE = re.compile(r"%\((\w+)\)[sd]|%%|</?[a-z]+>")


def _read() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", SOURCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _read()


@pytest.fixture(scope="module", params=messages.LANGUAGES)
def catalogue(request):
    return request.param, messages.read_catalogue(request.param)


def test_every_text_of_the_pages_is_in_the_catalogue_and_no_other(catalogue) -> None:
    wanted = {(word.context or None, word.id) for word in messages.words_wanted()}
    known = {(one.context, one.id if isinstance(one.id, str) else tuple(one.id)) for one in catalogue[1] if one.id}
    assert sorted(map(str, wanted - known)) == [], "run `make messages`"
    assert sorted(map(str, known - wanted)) == [], "run `make messages`"


def test_every_text_is_translated_and_none_is_a_guess(catalogue) -> None:
    assert messages.untranslated(catalogue[1]) == []
    assert [one.id for one in catalogue[1] if one.id and one.fuzzy] == []


def faults(source: str, translation: str) -> str:
    """What a translation lost or added of the places for values and the marks."""
    wanted, there = (sorted(found[0] for found in PLACE.finditer(text)) for text in (source, translation))
    return "" if wanted == there else f"{source!r} has {wanted}, {translation!r} has {there}"


def test_a_translation_has_the_same_places_for_values(catalogue) -> None:
    wrong = []
    for one in catalogue[1]:
        if isinstance(one.id, str) and one.id:
            wrong.append(faults(one.id, str(one.string)))
        elif one.id:
            wrong.append(faults(one.id[1], one.string[1]))
            wrong.append(min(faults(one.id[0], one.string[0]), faults(one.id[1], one.string[0]), key=len))
    assert [line for line in wrong if line] == []


def test_a_translation_begins_and_ends_as_its_source_does(catalogue) -> None:
    for one in catalogue[1]:
        if isinstance(one.id, str) and one.id:
            assert one.id[:1].isspace() == str(one.string)[:1].isspace(), one.id
            assert one.id.endswith("\n") == str(one.string).endswith("\n"), one.id


def test_what_is_compiled_is_what_is_written(catalogue) -> None:
    language, written = catalogue
    path = messages.catalogue_path(language).with_suffix(".mo")
    assert path.read_bytes() == messages.compiled(written)
    with path.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("met") != "met"


@pytest.mark.parametrize(
    ("source", "translation", "wrong"),
    [
        ("%(n)s of %(all)s", "%(n)s de %(all)s", False),
        ("%(n)s of %(all)s", "%(all)s: %(n)s", False),
        ("%(n)s of %(all)s", "%(n)s", True),
        ("%(n)s", "%(m)s", True),
        ("100%%", "100%%", False),
        ("a <b>b</b>", "a b", True),
    ],
)
def test_a_lost_place_is_found(source, translation, wrong) -> None:
    assert bool(faults(source, translation)) is wrong


def test_the_texts_of_a_template_are_found() -> None:
    template = (
        "{% load i18n %}{% translate 'One' %}{% blocktranslate count n=n %}{{ n }} cat{% plural %}{{ n }} cats"
        '{% endblocktranslate %}{% translate "It\'s" %}{{ _("Two") }}{% blocktranslate %}50% off{% endblocktranslate %}'
    )
    from django.utils.translation.template import templatize

    found = [word.id for word in messages.of_calls(templatize(template), "x")]
    assert found == ["One", ("%(n)s cat", "%(n)s cats"), "It's", "Two", "50%% off"]
