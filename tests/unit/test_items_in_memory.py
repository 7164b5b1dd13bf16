"""A study has millions of items, and few words: what many of them have is held in memory once, and an item is small."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date

from trialwright.core.ledger import Change, FormSubmitted
from trialwright.core.ledger.payload import from_json
from trialwright.core.subject.items import History, entered


def spoken(*parts: str) -> str:
    """A text that is no other's object."""
    return "".join(parts)


def form_of(items: tuple[Change, ...]) -> FormSubmitted:
    return FormSubmitted(
        actor="a", role="coordinator", site="stanford", subject="s-1", occurred=date(2005, 1, 1), form="v", items=items
    )


def test_the_path_and_the_word_of_items_are_each_one_text() -> None:
    one, other = (Change(spoken("anc/", "c1/", "note"), None, spoken("2005-", "01-01")) for _ in range(2))
    assert one.path is other.path
    assert one.new is other.new


def test_a_quantity_that_was_read_is_one_and_keeps_what_was_typed() -> None:
    read = [from_json(json.loads('{"v": "3.20", "u": "10*3/uL"}')) for _ in range(2)]
    assert read[0] is read[1]
    assert str(read[0]) == "3.20 10*3/uL"
    assert str(from_json({"v": "3.2", "u": "10*3/uL"})) == "3.2 10*3/uL"


def test_an_item_of_a_patient_takes_a_few_hundred_bytes_however_often_its_form_is_entered() -> None:
    times = 500
    tracemalloc.start()
    items: dict[str, History] = {}
    for _ in range(times):
        changes = json.loads('[["anc/c1/value", "3.20"], ["anc/c1/on", "2005-01-01"], ["anc/c1/note", "as before"]]')
        told = tuple(Change(path, None, value) for path, value in changes)
        items = entered(items, form_of(told))
    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(tuple(items["anc"])) == 3 * times
    assert held / (3 * times) < 400
