"""What a form asked, as a text that the ledger keeps once: so that an entry can be read as it was asked, in years too.

One text for each form of a protocol version, whichever subject and visit it was filled in for. Read `definition_of`.
"""

from __future__ import annotations

import json
from typing import Any

from trialwright.core.casebook import Form, Item, Section, Shape
from trialwright.store import Text

KIND = "form"


def definition_of(form: Form, protocol: str) -> Text:
    """The text of a form of the protocol with this file hash."""
    asked: dict[str, dict[str, Any]] = {}
    for section in form.sections:
        if section.items:
            asked.setdefault(section.concept.id, _section(section))
    told = {"form": form.id, "protocol": protocol, "sections": list(asked.values())}
    return Text(KIND, json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1))


def _section(section: Section) -> dict[str, Any]:
    return {
        "concept": section.concept.id,
        "label": section.label if section.shape is not Shape.PARTS else section.concept.label,
        "entered": section.shape.value,
        "items": [_item(item) for item in section.items],
    }


def _item(item: Item) -> dict[str, Any]:
    field = item.field
    told = {
        "field": field.id,
        "label": item.label,
        "kind": field.kind.value,
        "unit": field.unit,
        "codes": list(field.codes),
        "plausible": list(field.plausible or ()),
        "required": field.required,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}
