"""The key of a save comes back as it was minted; a longer one is never cut to be another's."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("sent", "length"), [("", 0), ("k" * 36, 36), ("k" * 100, 100), ("k" * 101, 64)])
def test_a_key_that_was_minted_stays_as_it_is_and_a_longer_one_becomes_its_digest(running, sent, length) -> None:
    from django.http import QueryDict

    from trialwright.adapters.edc.entry.posted import posted

    data = QueryDict(mutable=True)
    data["key"] = sent
    key = posted(data).key
    assert len(key) == length and (key == sent or len(sent) > 100)


def test_two_long_keys_with_one_beginning_are_two(running) -> None:
    from django.http import QueryDict

    from trialwright.adapters.edc.entry.posted import posted

    keys = []
    for end in "ab":
        data = QueryDict(mutable=True)
        data["key"] = "k" * 100 + end
        keys.append(posted(data).key)
    assert keys[0] != keys[1]
