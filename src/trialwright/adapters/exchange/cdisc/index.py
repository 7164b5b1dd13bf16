"""The index of a folder of datasets: every variable with its label, type, origin and derivation.

Like a define file, but to be read: `datasets.html` opens in a browser without network or script, `datasets.json`
has the same for programs. Read `index_document`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from trialwright.adapters.exchange.cdisc.model import Layout, Standing, Variable
from trialwright.adapters.exchange.cdisc.tally import Tally
from trialwright.adapters.exchange.cdisc.terms import CODELISTS

CONVENTIONS = (
    "Nothing later than the cut-off is in the datasets; corrections recorded up to the ledger position are.",
    "Day 1 is the day of the first dose and the day before it is day -1: there is no day 0.",
    "A duration in days counts its first and its last day; months are days / 30.4375.",
    "A text that is missing is empty, a number or day that is missing is nothing; U is not known, and never N.",
    "A date that was recorded in part is filled in as its variable says, and flagged; the date as recorded stands by.",
    "Times are local to the site. People are opaque ids: nobody's name is in a dataset.",
    "CSV is the data and nothing else: no mark is put before a text that a spreadsheet would take for a formula.",
)
"""What holds in every dataset."""
HEADINGS = ("Variable", "Label", "Type", "Length", "Codelist", "Origin", "Derivation", "Decided by", "Filled")


def index_document(tallies: Sequence[Tally], standing: Standing, files: Sequence[str]) -> dict[str, Any]:
    """Everything about the datasets, as JSON data."""
    return {
        "study": standing.study,
        "cut": standing.cut.isoformat(),
        "position": standing.seq,
        "head": standing.head,
        "simulated": standing.simulated,
        "program": f"Trialwright {standing.program}",
        "files": list(files),
        "standard": "CDISC ADaM Implementation Guide 1.3",
        "conventions": list(CONVENTIONS),
        "datasets": [_dataset(one) for one in tallies],
    }


def _dataset(tally: Tally) -> dict[str, Any]:
    layout: Layout = tally.layout
    return {
        "name": layout.name,
        "label": layout.label,
        "class": layout.of,
        "structure": layout.structure,
        "keys": list(layout.keys),
        "locator": list(layout.locator),
        "rows": tally.rows,
        "texts_like_formulas": tally.formulas,
        "variables": [_variable(one, tally) for one in layout.variables],
        "parameters": [
            {"code": code, "name": name, "rows": rows} for (code, name), rows in sorted(tally.parameters.items())
        ],
    }


def _variable(one: Variable, tally: Tally) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "length": tally.lengths.get(one.name),
        "codelist": f"{one.codelist} ({CODELISTS[one.codelist]})" if one.codelist else "",
        "origin": one.origin,
        "derivation": one.derivation,
        "by": one.by,
        "filled": tally.filled.get(one.name, 0),
    }


# --- as a page -----------------------------------------------------------------------------------------------------

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}"
    "code{overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.5rem 0 2rem}"
    "th,td{border-bottom:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "thead th{border-bottom:2px solid #333}code{font-size:.95em}.mark{border:2px solid #8a1c00;padding:.5rem 1rem}"
    ".wide{overflow-x:auto}@media print{body{max-width:none;font-size:11px}}"
)


def index_page(document: Mapping[str, Any]) -> str:
    """The index as one page."""
    title = f"Datasets of {document['study']} at {document['cut']}"
    mark = '<p class="mark" role="note"><strong>Simulated data.</strong> Nobody in these datasets exists.</p>'
    contents = "".join(
        f'<li><a href="#{one["name"]}">{one["name"]}</a>: {escape(one["label"])}, {one["rows"]} rows</li>'
        for one in document["datasets"]
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{escape(title)}</h1>{mark if document['simulated'] else ''}"
        f"<p>Cut-off {document['cut']}, ledger position {document['position']}, hash <code>{document['head']}</code>, "
        f"{escape(document['program'])}; after the {escape(document['standard'])}.</p>"
        f"<p>Any cell leads back to who wrote what, when and where: "
        f"<code>trialwright export DIR --format adam --trace DATASET.SUBJECT.KEY.VARIABLE</code>, with the key of each "
        f"dataset as told below.</p><ul>{contents}</ul><h2>What holds everywhere</h2><ul>"
        + "".join(f"<li>{escape(each)}</li>" for each in document["conventions"])
        + "</ul>"
        + "".join(_section(one) for one in document["datasets"])
        + "</main></body></html>\n"
    )


def _section(one: Mapping[str, Any]) -> str:
    rows = "".join(_line(each) for each in one["variables"])
    heads = "".join(f'<th scope="col">{name}</th>' for name in HEADINGS)
    locator = ".".join((one["name"], "SUBJECT", *one["locator"], "VARIABLE"))
    spreadsheet = (
        f" {one['texts_like_formulas']} texts begin like a formula: import the CSV as text."
        if one["texts_like_formulas"]
        else ""
    )
    return (
        f'<section id="{one["name"]}"><h2>{one["name"]}: {escape(one["label"])}</h2>'
        f"<p>{escape(one['structure'])}; {one['rows']} rows; keys {', '.join(one['keys'])}; "
        f"trace <code>{locator}</code>.{spreadsheet}</p>"
        f'<div class="wide"><table><caption>Variables of {one["name"]}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{_parameters(one)}</section>"
    )


def _parameters(one: Mapping[str, Any]) -> str:
    if not one["parameters"]:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(each["code"])}</code></th><td>{escape(each["name"])}</td>'
        f"<td>{each['rows']}</td></tr>"
        for each in one["parameters"]
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("PARAMCD", "PARAM", "Rows"))
    return (
        f"<details><summary>{len(one['parameters'])} parameters of {one['name']}</summary>"
        f"<table><caption>Parameters of {one['name']}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _line(one: Mapping[str, Any]) -> str:
    told = (
        one["label"],
        one["type"],
        one["length"] or "",
        one["codelist"],
        one["origin"],
        one["derivation"],
        one["by"],
        one["filled"],
    )
    cells = "".join(f"<td>{escape(str(each))}</td>" for each in told)
    return f'<tr><th scope="row"><code>{one["name"]}</code></th>{cells}</tr>'
