"""Pages rendered from 1,060 registry records and read back: what share of the fields comes back, per layout.

The renderer shares no code with the reader. A field that the page cannot show is named in `render_words.NOT_SHOWN`.
The bounds are a little below what was measured when they were set; the measured shares are printed with `-s`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import render_cells as cells
import render_page as page
import render_words as signs

from trialwright.adapters.registry import read
from trialwright.adapters.registry.criteria import split_criteria
from trialwright.adapters.registry.mesh import split_terms
from trialwright.adapters.registry.reading import leaves

ORDER = ["RESULT", "BACKGROUND", "DERIVED"]


@pytest.fixture(scope="module")
def records(corpus: Path) -> list[dict[str, Any]]:
    with gzip.open(corpus / "ctgov-v2" / "studies.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    assert len(found) == 1060
    for record in found:
        _as_shown(record["protocolSection"])
    return found


def _as_shown(p: dict[str, Any]) -> None:
    """The page lists references by kind and no contact without a name."""
    p.get("referencesModule", {}).get("references", []).sort(key=lambda one: ORDER.index(one["type"]))
    module = p.get("contactsLocationsModule", {})
    for place in (module, *module.get("locations", [])):
        for key in {"contacts", "centralContacts"} & set(place):
            place[key] = [one for one in place[key] if "name" in one]


def plain(value: Any) -> Any:
    """Text without marks of lists and escapes, and with single spaces."""
    return " ".join(re.sub(r"[•*\\]", "", signs.markup(value)).split()) if isinstance(value, str) else value


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """The leaves of the record that the page prints."""
    module = record["protocolSection"].get("armsInterventionsModule", {})
    in_arms = {name for arm in module.get("armGroups", []) for name in arm.get("interventionNames", [])}
    given = [f"{signs.words(one['type'])}: {one['name']}" for one in module.get("interventions", [])]
    found = {}
    for path, value in leaves({"protocolSection": record["protocolSection"]}):
        place = re.search(r"interventions\[(\d+)\]\.(?:description|otherNames)", path)
        outside = place is not None and given[int(place[1])] not in in_arms
        if (
            signs.shown(path)
            and plain(value) not in ("", None)
            and not outside
            and (value or "patientRegistry" not in path)
        ):
            found[path] = plain(value)
    return found


def compare(records: list[dict[str, Any]], **layout: Any) -> tuple[Counter[str], Counter[str]]:
    """How often each field is shown and how often it came back otherwise, by its path without places."""
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for seed, record in enumerate(records):
        reading = read(page.render(record, page.Layout(seed=seed, **layout)))
        got = dict(leaves({"protocolSection": reading.protocolSection}))
        for path, value in shown(record).items():
            key = re.sub(r"\[\d+\]", "[]", path)
            total[key] += 1
            missed[key] += plain(got.get(path)) != value
    return total, missed


def share(total: Counter[str], missed: Counter[str], but: str = r"(?!)") -> float:
    kept = [key for key in total if not re.search(but, key)]
    return 1 - sum(missed[key] for key in kept) / sum(total[key] for key in kept)


SITES = r"contactsLocationsModule\.locations"


def test_pages_with_all_headings_come_back(records: list[dict[str, Any]]) -> None:
    total, missed = compare(records)
    print(
        f"\nall fields {share(total, missed):.4f}; without sites {share(total, missed, SITES):.4f}",
        missed.most_common(8),
    )
    assert share(total, missed) >= 0.995
    assert share(total, missed, SITES) >= 0.985  # sites are most of all leaves and easy; the rest must hold by itself
    for key in total:  # no field is lost as a whole
        assert total[key] < 20 or missed[key] / total[key] < 0.08, key


def test_pages_without_headings_and_with_columns_run_together_come_back(records: list[dict[str, Any]]) -> None:
    total, missed = compare(records[::4], headings_lost=True, one_line_columns=True)
    print(
        f"\nall fields {share(total, missed):.4f}; without sites {share(total, missed, SITES):.4f}",
        missed.most_common(8),
    )
    assert share(total, missed) >= 0.985
    # Several conditions in one line have no divider: half of them cannot be told apart, and a finding says so.
    assert share(total, missed, SITES + r"|conditions\[") >= 0.98


def test_conditions_in_one_line_are_mostly_parted_and_a_guess_is_said(records: list[dict[str, Any]]) -> None:
    """Of lists with one condition few are torn apart; of several, most come back; every other reading has a finding."""
    right: Counter[bool] = Counter()
    seen: Counter[bool] = Counter()
    for record in records[::3]:
        wanted = [plain(one) for one in record["protocolSection"]["conditionsModule"].get("conditions", [])]
        reading = read(page.render(record, page.Layout(one_line_columns=True)))
        found = [plain(one) for one in reading.protocolSection["conditionsModule"].get("conditions", [])]
        given = record["protocolSection"].get("armsInterventionsModule", {}).get("interventions")
        if not wanted or not given:
            continue
        seen[len(wanted) > 1] += 1
        right[len(wanted) > 1] += found == wanted
        assert found == wanted or any("without a divider" in one.says for one in reading.findings), wanted
    print(f"\none condition {right[False]} of {seen[False]}, several {right[True]} of {seen[True]}")
    assert right[False] / seen[False] >= 0.93
    assert right[True] / seen[True] >= 0.5


def bare(value: Any) -> Any:
    """Text without marks and numbers of lists, the crawlers' choice."""
    return re.sub(r"(?<!\S)(?:[-·•*]|\d+\.)(?!\S)|\s", "", plain(value)) if isinstance(value, str) else value


def test_pages_with_each_cell_on_a_line_of_its_own_come_back(records: list[dict[str, Any]]) -> None:
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for seed, record in list(enumerate(records))[::3]:
        reading = read(cells.render(record, cells.Crawl(seed)))
        got = dict(leaves({"protocolSection": reading.protocolSection}))
        for path, value in shown(record).items():
            key = re.sub(r"\[\d+\]", "[]", path)
            total[key] += 1
            missed[key] += bare(got.get(path)) != bare(value)
    print(
        f"\nall fields {share(total, missed):.4f}; without sites {share(total, missed, SITES):.4f}",
        missed.most_common(8),
    )
    assert share(total, missed, SITES) >= 0.993
    assert share(total, missed) >= 0.993
    for key in total:
        assert total[key] < 20 or missed[key] / total[key] < 0.08, key


OWN = {
    "summary": "briefSummary",
    "conditions": r"conditions\[|interventions|phases|armGroups",
    "detail": "detailedDescription",
    "arms": "armsInterventions",
    "outcomes": "outcomesModule",
    "contacts": "locations|centralContacts|overallOfficials",
    "sponsors": "overallOfficials|leadSponsor|collaborators|responsibleParty",
    "keywords": "keywords",
    "mesh": "(?!)",
}


@pytest.mark.parametrize("lost", OWN)
def test_a_lost_block_takes_only_its_own_fields_along(lost: str, records: list[dict[str, Any]]) -> None:
    total, missed = compare(records[::20], sections_lost=(lost,))
    assert share(total, missed, OWN[lost] + "|" + SITES) >= 0.98


def test_where_the_two_mesh_lists_part(records: list[dict[str, Any]]) -> None:
    exact = close = wrong_and_sure = 0
    cases = [case for record in records if (case := _mesh_case(record))]
    for conditions, interventions, words in cases:
        split = split_terms(conditions + interventions, *words)
        right = split.at == len(conditions)
        exact += right
        close += split.margin < 4
        wrong_and_sure += not right and split.margin >= 4
    print(f"\n{exact} of {len(cases)} parted exactly, {close} said to be not sure, {wrong_and_sure} wrong and sure")
    assert exact / len(cases) >= 0.985
    assert close / len(cases) <= 0.2


def _mesh_case(record: dict[str, Any]) -> tuple[list[str], list[str], tuple[str, str]] | None:
    p, d = record["protocolSection"], record["derivedSection"]
    lists = [
        [one["term"] for kind in ("meshes", "ancestors") for one in d.get(module, {}).get(kind, [])]
        for module in ("conditionBrowseModule", "interventionBrowseModule")
    ]
    given = [
        n
        for i in p.get("armsInterventionsModule", {}).get("interventions", [])
        for n in (i["name"], *i.get("otherNames", []))
    ]
    named = [*p["conditionsModule"].get("conditions", []), *p["conditionsModule"].get("keywords", [])]
    return (lists[0], lists[1], (" ; ".join(named), " ; ".join(given))) if lists[0] + lists[1] else None


HEAD = r"(?im)^\W*(?:key |main )?{}clusion criteria\W*$"


def test_polarity_without_headings_agrees_with_the_headings_taken_away(records: list[dict[str, Any]]) -> None:
    """A statement that denies by itself ("No prior chemotherapy") is left out: both readings of it are right."""
    agreed = total = silent = 0
    for record in records:
        text = signs.markup(record["protocolSection"]["eligibilityModule"]["eligibilityCriteria"])
        first, second = re.search(HEAD.format("in"), text), re.search(HEAD.format("ex"), text)
        if not first or not second or first.end() > second.start():
            continue
        truth = {c.text: c.polarity for c in split_criteria(text)[0]}
        lost, findings = split_criteria(re.sub(HEAD.format("(?:in|ex)"), "\n", text))
        judged = [c for c in lost if c.text in truth and not c.negated]
        total += len(judged)
        agreed += sum(1 for c in judged if truth[c.text] == c.polarity)
        silent += not findings and any(truth[c.text] != c.polarity for c in judged)
    print(
        f"\n{agreed} of {total} statements on the same side ({agreed / total:.3f}); {silent} records without a finding"
    )
    assert total > 10000
    assert agreed / total >= 0.935
    assert silent <= 3


def test_a_record_as_json_keeps_every_value_and_its_place(records: list[dict[str, Any]]) -> None:
    for record in records[::25]:
        source = json.dumps(record, ensure_ascii=True)
        reading = read(source)
        assert reading.protocolSection == record["protocolSection"]
        assert reading.hasResults == record.get("hasResults", "resultsSection" in record)
        for path, value in leaves({"protocolSection": record["protocolSection"]}):
            start, end = reading.spans[path][0]
            raw = source[start:end]
            assert (json.loads(f'"{raw}"') if isinstance(value, str) else json.loads(raw)) == value
        for one in reading.criteria:
            assert one.span is not None
            said = json.loads(f'"{source[one.span.start : one.span.end]}"')
            assert " ".join(said.split()) == " ".join(one.text.split()) or "\n" in said
