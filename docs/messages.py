"""Writes the catalogues of the web application again: `make messages`.

The words come from the templates, from the calls of gettext in the pages' Python, from those of `words` in what the
pages have written for them (`SPOKEN`), and from the tables of `look.words`.
What was translated stays; what is new is listed until somebody translates it; what is gone leaves the catalogue. The
compiled catalogue is written beside each. `tests/adapters/edc/look` holds that nothing is missing. Read `main`.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
EDC = PROJECT / "src" / "trialwright" / "adapters" / "edc"
SPOKEN = ("core/schedule/naming.py", "adapters/archive/book.py", "adapters/exchange/appointments.py")
"""What takes the reader's language as an argument: `words("...")` turns a text into it."""
LANGUAGES = ("es",)
PLURAL = {"es": "nplurals=2; plural=(n != 1);"}
KEYWORDS = (
    "gettext", "gettext_lazy", "gettext_noop", "_", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
)  # fmt: skip
CALL = re.compile(
    r"\b(?P<name>n?gettext|pgettext|npgettext|_)\((?P<rest>(?:\s*u?(?P<q>['\"])(?:\\.|(?!(?P=q)).)*(?P=q)\s*,?)+)"
)
TEXT = re.compile(r"u?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")


class Word(NamedTuple):
    """One text to translate: with its plural, its context, and the file it stands in."""

    text: str
    plural: str = ""
    context: str = ""
    place: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """The text as a catalogue keys it."""
        return (self.text, self.plural) if self.plural else self.text


def words_wanted() -> list[Word]:
    """Every text of the pages, in the order of the files, then those of the tables."""
    found: dict[tuple[str, str], Word] = {}
    for word in (*of_templates(), *of_python(), *of_tables()):
        kept = found.get((word.context, word.text))
        if kept is None or (word.plural and not kept.plural):
            found[(word.context, word.text)] = word
    return list(found.values())


def of_templates() -> Iterator[Word]:
    """The texts of the templates, as Django itself takes them apart."""
    from django.utils.translation.template import templatize

    for path in sorted((EDC / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt", ".eml"}:
            yield from of_calls(templatize(path.read_text("utf-8"), origin=path.name), _place(path))


def of_calls(text: str, place: str) -> Iterator[Word]:
    """The calls in what Django made of a template."""
    for call in CALL.finditer(text):
        parts = [ast.literal_eval(one) for one in TEXT.findall(call["rest"])]
        yield from _word(call["name"], parts, place)


def of_python() -> Iterator[Word]:
    """The calls in the Python of the pages."""
    for path in sorted(EDC.rglob("*.py")):
        for _, name, told, _ in extract_python(io.BytesIO(path.read_bytes()), dict.fromkeys(KEYWORDS), (), {}):
            parts: list[Any] = list(told) if isinstance(told, (list, tuple)) else [told]
            if parts and parts[0]:
                yield from _word(str(name), [str(part) for part in parts if part], _place(path))
    for name in SPOKEN:
        path = EDC.parent.parent / name
        for _, _call, told, _ in extract_python(io.BytesIO(path.read_bytes()), {"words": None}, (), {}):
            yield from (Word(str(text), place=name) for text in [told] if text)


def of_tables() -> Iterator[Word]:
    """The words of standards, roles and states."""
    from trialwright.adapters.edc.look.words import translatable_words

    yield from (Word(word, place=place) for word, place in translatable_words())


def _word(name: str, parts: list[str], place: str) -> Iterator[Word]:
    if name.startswith("ngettext"):
        yield Word(parts[0], parts[1], place=place)
    elif name.startswith("pgettext"):
        yield Word(parts[1], context=parts[0], place=place)
    elif name.startswith("npgettext"):
        yield Word(parts[1], parts[2], parts[0], place)
    else:
        yield Word(parts[0], place=place)


def _place(path: Path) -> str:
    return path.relative_to(EDC).as_posix()


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue stands."""
    return EDC / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    """What is translated so far."""
    path = catalogue_path(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(words: Iterable[Word], known: Catalog, language: str) -> Catalog:
    """The words wanted, each with its translation where there is one."""
    made = Catalog(locale=language, project="Trialwright", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for word in words:
        kept = known.get(word.text, word.context or None)
        text = kept.string if kept is not None and not kept.fuzzy else ""
        if word.plural and isinstance(text, str):
            text = (text, text)
        if not word.plural and isinstance(text, (tuple, list)):
            text = text[0]
        flags = ["python-format"] if "%(" in word.text else []
        made.add(word.id, text, locations=[(word.place, 0)], flags=flags, context=word.context or None)
    return made


NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
HEADER = "# The words of the web application. `make messages` keeps the list; translations are written by hand here."


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts that have no translation yet."""
    found = (one for one in catalogue if one.id)
    return [
        str(one.id)
        for one in found
        if not (all(one.string) and one.string if isinstance(one.string, (tuple, list)) else one.string)
    ]


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as programs read it."""
    catalogue.creation_date = catalogue.revision_date = NO_DAY  # nothing changes where no text did
    into = io.BytesIO()
    write_mo(into, catalogue)
    return into.getvalue()


def written(catalogue: Catalog) -> bytes:
    """The catalogue as people read it; without dates, so that nothing changes when nothing changed."""
    into = io.BytesIO()
    write_po(into, catalogue, width=110, sort_output=True, no_location=True)
    return re.sub(
        rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Language-Team|Report-Msgid-Bugs-To)[^\n]*\n',
        b"",
        into.getvalue(),
        flags=re.M,
    )


def set_up() -> None:
    """Django, as far as gettext and templates need it."""
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.adapters.edc.settings")
        django.setup()


def main() -> int:
    """Bring every catalogue up to date; say what waits for a translation."""
    set_up()
    wanted, waiting = words_wanted(), 0
    for language in LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        made = merged(wanted, read_catalogue(language) if path.exists() else Catalog(locale=language), language)
        path.write_bytes(written(made))
        path.with_suffix(".mo").write_bytes(compiled(read_catalogue(language)))
        missing = untranslated(made)
        waiting += len(missing)
        print(f"{language}: {len(made)} texts, {len(missing)} without a translation", *missing[:20], sep="\n  ")  # noqa: T201
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
