"""What a form asked, as a text that the ledger keeps once: so that an entry can be read as it was asked, in years too.

One text for each form of a protocol version, whichever subject and visit it was filled in for. Read `definition_of`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.core.casebook import shape_of
from trialwright.core.protocol import Concept, Field
from trialwright.store import Text

KIND = "form"


def definition_of(form: str, asked: Iterable[str], concepts: Mapping[str, Concept], protocol: str) -> Text:
    """The text of a form that asks these concepts, of the protocol with this file hash."""
    sections = [_section(concepts[name]) for name in dict.fromkeys(asked) if name in concepts]
    told = {"form": form, "protocol": protocol, "sections": sections}
    return Text(KIND, json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1))


def _section(concept: Concept) -> dict[str, Any]:
    return {
        "concept": concept.id,
        "label": concept.label,
        "entered": shape_of(concept).value,
        "items": [_item(field) for field in concept.fields],
    }


def _item(field: Field) -> dict[str, Any]:
    told = {
        "field": field.id,
        "label": field.label,
        "kind": field.kind.value,
        "unit": field.unit,
        "codes": list(field.codes),
        "plausible": list(field.plausible or ()),
        "required": field.required,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}
