"""The registry's protocol section through the typed model: nothing is lost, and what is not understood is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from ruamel.yaml import YAML

from posted_records import SMALL, put, records
from trialwright.adapters.exchange.ctgov.protocol import (
    ProtocolSection,
    read_protocol_section,
    write_protocol_section,
)
from trialwright.adapters.exchange.ctgov.shape import RegistryTime, _readers
from trialwright.core.terms import Written


@pytest.mark.corpus
def test_every_posted_record_is_read_and_written_without_loss_and_without_an_untyped_rest(corpus: Path) -> None:
    count, rest, changed = 0, [], []
    for section in records(corpus):
        read = read_protocol_section(section)
        count += 1
        rest += [one.where for one in read.untyped]
        if write_protocol_section(read.value) != section:
            changed.append(section["identificationModule"]["nctId"])
    print(f"{count} protocol sections; {len(rest)} values carried without being understood")
    assert count >= 1000
    assert (rest, changed) == ([], [])


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("statusModule.overallStatus", "PAUSED", "statusModule.overallStatus"),
        ("statusModule.overallStatus", None, "statusModule.overallStatus"),
        ("statusModule.startDateStruct.date", "February 2020", "statusModule.startDateStruct.date"),
        ("statusModule.startDateStruct.date", "2020-02-30", "statusModule.startDateStruct.date"),
        ("statusModule.startDateStruct", "2020-02", "statusModule.startDateStruct"),
        ("statusModule.delayedPosting", "no", "statusModule.delayedPosting"),
        ("designModule", {"enrollmentInfo": {"count": "35"}}, "designModule.enrollmentInfo.count"),
        ("designModule", {"enrollmentInfo": {"count": True}}, "designModule.enrollmentInfo.count"),
        ("eligibilityModule", {"minimumAge": "eighteen"}, "eligibilityModule.minimumAge"),
        ("contactsLocationsModule.locations.0", "a text", "contactsLocationsModule.locations[0]"),
        ("contactsLocationsModule.locations.2", 7, "contactsLocationsModule.locations[2]"),
        ("contactsLocationsModule.locations.1.mood", "good", "contactsLocationsModule.locations[1].mood"),
        ("horoscopeModule", {"sign": "Leo"}, "horoscopeModule"),
    ],
)
def test_a_value_its_type_does_not_take_is_kept_at_its_place_and_named(path: str, value: Any, where: str) -> None:
    section = put(SMALL, path, value)
    read = read_protocol_section(section)
    assert [one.where for one in read.untyped] == [where]
    assert write_protocol_section(read.value, read.untyped) == section


@pytest.mark.parametrize("tree", [None, [], "text", 7])
def test_what_is_no_record_is_untyped_as_a_whole_and_never_an_error(tree: object) -> None:
    read = read_protocol_section(tree)
    assert [one.value for one in read.untyped] == [tree]
    assert read.value.status_module is None


def test_an_absent_list_and_an_empty_one_stay_apart() -> None:
    locations = read_protocol_section(SMALL).value.contacts_locations_module
    assert locations is not None
    assert [one.contacts for one in locations.locations or ()] == [None, ()]


@pytest.mark.parametrize("text", ["18 Years", "1 Day", "6 Months", "90 Minutes"])
def test_a_time_of_the_registry_keeps_the_words_it_was_written_in(text: str) -> None:
    assert str(RegistryTime.parse(text)) == text


@pytest.mark.parametrize("text", ["18", "18 years", "-1 Years", "1.5 Years", "N/A"])
def test_other_words_are_no_time_of_the_registry(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        RegistryTime.parse(text)


# --- the model against the published API -----------------------------------------------------------------------------

OLDER_OR_NEWER = {
    ".statusModule.resultsWaived": "newer than the published draft",
    ".contactsLocationsModule.locations_nested": "in some downloads",
    ".armsInterventionsModule.interventions.interventionMappedName": "in older downloads",
}
"""Fields of real records that the published draft does not have."""


def fields_of_model(kind: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field by its path, with its type without `None` and without the list around it."""
    for key, (_, hint) in _readers(kind).items():
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        yield f"{path}.{key}", inner
        if is_dataclass(inner) and not issubclass(inner, Written):  # type: ignore[arg-type]
            yield from fields_of_model(inner, f"{path}.{key}")


def fields_of_api(schemas: Any, name: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field by its path, with the closed list it is of, where it is of one."""
    for key, told in schemas[name]["properties"].items():
        inner = (told.get("$ref") or told.get("items", {}).get("$ref", "")).rpartition("/")[2]
        schema = schemas.get(inner, {})
        yield f"{path}.{key}", schema.get("enum")
        if "properties" in schema:
            yield from fields_of_api(schemas, inner, f"{path}.{key}")


@pytest.fixture(scope="module")
def schemas(corpus: Path) -> Any:
    return YAML(typ="safe").load((corpus / "ctgov-schemas" / "ctg-oas-v2.yaml").read_text())["components"]["schemas"]


def test_the_model_has_every_field_of_the_published_api_and_knows_of_each_other_one(schemas: Any) -> None:
    ours, theirs = dict(fields_of_model(ProtocolSection)), dict(fields_of_api(schemas, "ProtocolSection"))
    assert set(theirs) - set(ours) == set()
    others = {one for one in set(ours) - set(theirs) if not one.startswith(tuple(OLDER_OR_NEWER))}
    assert others == set()
    assert len(ours) > 100


def test_each_closed_list_has_the_codes_of_the_published_api(schemas: Any) -> None:
    ours = dict(fields_of_model(ProtocolSection))
    listed = {path: codes for path, codes in fields_of_api(schemas, "ProtocolSection") if codes}
    newer = {".identificationModule.secondaryIdInfos.type": {"CTIS"}}
    for path, codes in listed.items():
        assert set(get_args(ours[path])) == set(codes) | newer.get(path, set()), path
    assert len(listed) > 25
