"""A table of elements, attributes and texts -> XML from JSON data, and JSON data from XML: one table for both ways.

`Form` says where each field of a JSON group stands in an element. A code is turned by its `Code`; what the table does
not know in an element is noted, never passed over. Read `Form`, then `as_element` and `as_json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from trialwright.adapters.exchange.ctgov.results.choices import LEGACY

Json = dict[str, Any]
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""


@dataclass(frozen=True)
class Code:
    """How a value is written in XML, and read back."""

    to_xml: Callable[[str], str]
    to_json: Callable[[str], str]


def legal(text: str) -> str:
    """The text as XML can hold it: a forbidden character becomes a blank, an end of line a plain one."""
    return NO_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


PLAIN = Code(legal, lambda text: text)


def coded(choices: type[Enum]) -> Code:
    """Labels of a list in XML, its codes in JSON; words outside the list stay what they are."""
    labels = {one.name: str(one.value).removesuffix(LEGACY) for one in choices}
    codes = {label: name for name, label in reversed(labels.items())}
    codes.update({label: name for name, label in labels.items() if not name.endswith("_LEGACY")})
    return Code(lambda code: labels.get(code, legal(code)), lambda label: codes.get(label, label))


def numbered(letter: str) -> Code:
    """Ids of groups: P1 in XML is FG000 in API v2.

    >>> numbered("P").to_json("P1"), numbered("P").to_xml("PG011")
    ('FG000', 'P12')
    """
    prefix = {"P": "F"}.get(letter, letter) + "G"

    def to_xml(text: str) -> str:
        found = re.fullmatch(r"[A-Z]G(\d{3,})", text)
        return f"{letter}{int(found[1]) + 1}" if found else legal(text)

    def to_json(text: str) -> str:
        found = re.fullmatch(rf"{letter}([1-9]\d*)", text)
        return f"{prefix}{int(found[1]) - 1:03}" if found else text

    return Code(to_xml, to_json)


@dataclass(frozen=True)
class Text:
    """A field that is an element with a text."""

    tag: str
    name: str
    code: Code = PLAIN


@dataclass(frozen=True)
class Texts:
    """A field that is a list of such elements."""

    listed: str
    tag: str
    name: str
    code: Code = PLAIN


@dataclass(frozen=True)
class Many:
    """A field that is a list of groups; `fixed` are texts that the XML wants in each and JSON does not have."""

    listed: str
    tag: str
    name: str
    form: Form


@dataclass(frozen=True)
class Within:
    """An element that holds some fields of the same group; written where one of them is there."""

    tag: str
    form: Form


@dataclass(frozen=True)
class Said:
    """An element that says the same in every record, or repeats what is said elsewhere; read over."""

    tag: str
    words: str = ""
    repeats: str = ""


Part = Text | Texts | Many | Within | Said


@dataclass(frozen=True)
class Attribute:
    """A field that is an attribute."""

    tag: str
    name: str
    code: Code = PLAIN


@dataclass(frozen=True)
class Form:
    """An element: its attributes, the field that is its own text, and its parts in the order of the schema."""

    parts: tuple[Part, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    content: str = ""


@dataclass
class Unread:
    """Elements and attributes of a document that no table knows, by their path."""

    paths: list[str] = field(default_factory=list)

    def note(self, path: str) -> None:
        """One more."""
        self.paths.append(path)


# ---- JSON -> XML ---------------------------------------------------------------------------------------------------


def as_element(tag: str, data: Mapping[str, Any], form: Form) -> Element:
    """A group of JSON fields as an element."""
    made = Element(tag)
    for one in form.attributes:
        if one.name in data:
            made.set(one.tag, one.code.to_xml(str(data[one.name])))
    if form.content in data:
        made.text = legal(str(data[form.content]))
    for part in form.parts:
        made.extend(_written(part, data))
    return made


def _written(part: Part, data: Mapping[str, Any]) -> Iterator[Element]:
    match part:
        case Text(tag, name, code) if name in data:
            yield with_text(tag, code.to_xml(str(data[name])))
        case Said(tag, words, repeats) if words or repeats in data:
            yield with_text(tag, words or legal(str(data[repeats])))
        case Within(tag, form) if set(names(form)) & set(data):
            yield as_element(tag, data, form)
        case Texts(listed, tag, name, code) if data.get(name):
            yield _list(listed, (with_text(tag, code.to_xml(str(one))) for one in data[name]))
        case Many(listed, tag, name, form) if data.get(name):
            yield _list(listed, (as_element(tag, one, form) for one in data[name]))


def names(form: Form) -> Iterator[str]:
    """The JSON fields that make an element worth writing."""
    for part in form.parts:
        match part:
            case Within(_, inner):
                yield from names(inner)
            case Text() | Texts() | Many():
                yield part.name


def with_text(tag: str, text: str) -> Element:
    """An element that holds a text."""
    made = Element(tag)
    made.text = text
    return made


def _list(tag: str, items: Iterator[Element]) -> Element:
    made = Element(tag)
    made.extend(items)
    return made


def added(parent: Element, tag: str, text: str = "") -> Element:
    """A new element at the end of another."""
    made = SubElement(parent, tag)
    if text:
        made.text = legal(text)
    return made


# ---- XML -> JSON ---------------------------------------------------------------------------------------------------


def as_json(element: Element, form: Form, unread: Unread, path: str = "") -> Json:
    """An element as a group of JSON fields; what the table does not know is noted."""
    found: Json = {}
    known = {one.tag: one for one in form.attributes}
    for name, value in element.attrib.items():
        if name in known:
            found[known[name].name] = known[name].code.to_json(value)
        else:
            unread.note(f"{path}@{name}")
    if form.content and (element.text or "").strip():
        found[form.content] = text_of(element)
    parts = {part.listed if isinstance(part, Texts | Many) else part.tag: part for part in form.parts}
    for child in element:
        if child.tag in parts:
            found.update(_read(parts[child.tag], child, unread, f"{path}/{child.tag}"))
        else:
            unread.note(f"{path}/{child.tag}")
    return found


def _read(part: Part, element: Element, unread: Unread, path: str) -> Json:
    match part:
        case Text(_, name, code):
            return {name: code.to_json(text_of(element))} if text_of(element) else {}
        case Said():
            return {}
        case Within(_, form):
            return as_json(element, form, unread, path)
        case Texts(_, tag, name, code):
            return {name: [code.to_json(text_of(one)) for one in _items(element, tag, unread, path)]}
        case Many(_, tag, name, form):
            found = [as_json(one, form, unread, f"{path}/{tag}") for one in _items(element, tag, unread, path)]
            return {name: found} if found else {}


def _items(element: Element, tag: str, unread: Unread, path: str) -> list[Element]:
    for one in element:
        if one.tag != tag:
            unread.note(f"{path}/{one.tag}")
    return [one for one in element if one.tag == tag]


def text_of(element: Element) -> str:
    """The text of an element, without the blanks around it."""
    return (element.text or "").strip()
