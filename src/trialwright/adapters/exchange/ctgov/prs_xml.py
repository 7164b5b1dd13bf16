"""The upload record as XML and back: elements in the order of the schema, no element that says nothing.

What XML cannot carry (control characters) is left out of the text and said by the caller; a mark of simulated data is a
comment before the record. Foreign XML is read with defusedxml alone. Read `write_prs`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from xml.etree.ElementTree import Comment, Element, SubElement, indent, tostring

from trialwright.adapters.exchange.ctgov.prs import ClinicalStudy
from trialwright.core.terms import Finding

NAMESPACE = "http://clinicaltrials.gov/prs"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_prs(studies: tuple[ClinicalStudy, ...], comment: str = "") -> bytes:
    """The records as one file for the upload; `comment` stands before the first."""
    root = Element("prs:study_collection", {"xmlns:prs": NAMESPACE})
    if comment:
        root.append(Comment(f" {in_xml(comment).replace('--', '- -')} "))
    for study in studies:
        _fill(SubElement(root, "clinical_study"), study)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def in_xml(text: str) -> str:
    """The text without the characters that XML 1.0 has no way to write.

    >>> in_xml("a\\x02b")
    'ab'
    """
    return _NOT_XML.sub("", text)


def _fill(element: Element, value: Any) -> None:
    for one in fields(value):
        held = getattr(value, one.name)
        for each in held if isinstance(held, tuple) else (held,):
            if each is not None:
                _append(element, one.name, each)


def _append(element: Element, name: str, value: Any) -> None:
    child = SubElement(element, name)
    if is_dataclass(value):
        _fill(child, value)
    else:
        child.text = in_xml(str(value))


# --- reading ---------------------------------------------------------------------------------------------------------


def read_prs(content: bytes) -> tuple[tuple[ClinicalStudy, ...], tuple[Finding, ...]]:
    """The records of an upload file, and each element that this version of the format does not know."""
    from defusedxml import ElementTree

    try:
        root = ElementTree.fromstring(content)
    except Exception as wrong:
        return (), (_no_file(f"{type(wrong).__name__}"),)
    if root.tag not in (f"{{{NAMESPACE}}}study_collection", "study_collection"):
        return (), (_no_file(f"it begins with <{root.tag}>"),)
    found: list[Finding] = []
    studies = tuple(_read(ClinicalStudy, one, found) for one in root if one.tag == "clinical_study")
    return studies, tuple(found)


def _read(kind: Any, element: Any, found: list[Finding]) -> Any:
    given: dict[str, Any] = {}
    for child in element:
        if child.tag not in types_of(kind):
            found.append(_unknown(element.tag, str(child.tag)))
            continue
        repeated, inner = types_of(kind)[child.tag]
        value = _read(inner, child, found) if is_dataclass(inner) else child.text or ""
        given[child.tag] = (*given.get(child.tag, ()), value) if repeated else value
    return kind(**given)


@cache
def types_of(kind: Any) -> Mapping[str, tuple[bool, Any]]:
    """The elements of a type of the schema: whether each may come more than once, and what it holds."""
    return {name: _type(hint) for name, hint in get_type_hints(kind).items()}


def _type(hint: Any) -> tuple[bool, Any]:
    if get_origin(hint) in (Union, UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    return (True, get_args(hint)[0]) if get_origin(hint) is tuple else (False, hint)


def _no_file(why: str) -> Finding:
    return Finding(
        about="file",
        says=f"This is no upload file of the registry: {why}.",
        matters="No record can be read from it.",
        do="Give a file with <study_collection>, as the registry's download writes it.",
    )


def _unknown(parent: str, tag: str) -> Finding:
    return Finding(
        about=tag,
        says=f"<{parent}> has an element <{tag}> that the schema of 2018-05-08 does not have there.",
        matters="What it says is not read.",
        do="Look whether the registry's schema has changed.",
    )
