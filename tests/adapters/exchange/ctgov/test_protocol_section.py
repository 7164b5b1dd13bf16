"""The registry's protocol section through the typed model: nothing is lost, and what is not understood is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from posted_records import SMALL, put, records
from trialwright.adapters.exchange.ctgov.protocol import read_protocol_section, write_protocol_section
from trialwright.adapters.exchange.ctgov.shape import RegistryTime


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
