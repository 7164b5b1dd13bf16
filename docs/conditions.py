"""Writes docs/reference/conditions.md: every construct of the language of conditions, from the program's own table.

Run `make conditions`. A test holds the page to what this writes, and reads and judges each example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from trialwright.core.conditions.constructs import ANCHORS, MULTIPLES, SEXES
from trialwright.core.conditions.table import COMBINING, DATA, Construct
from trialwright.core.protocol import JUDGES, QUESTION_KINDS

PAGE = Path(__file__).resolve().parent / "reference" / "conditions.md"
OPENING = f"""# Conditions

Written by `make conditions` from the program's own table; what stands here is all there is.

Criteria, gates, dose rules, continuation, visits, obligations and stopping rules are all written with these words and
judged by one evaluator. Each is *met*, *not met* or *unknown*; an unknown never passes for either, and names what is
missing. One word to a mapping. Where something unknown stands in a condition twice it is tried both ways: if every way
comes to one answer, that is the answer, and what changes none is not missing.

Anchors: {", ".join(ANCHORS)}. A first dose that is planned and was not taken counts as today once its day is past.
A limit may be a multiple of {", ".join(MULTIPLES)}; the baseline is the last value up to the day of the first dose,
which is drawn before it. Sexes: {", ".join(SEXES)}.
"""
ABSENCE = """## When nothing recorded means that there was nothing

A review (`prior_therapy_review`, `medication_review`, `adverse_event_review`, …) says that someone asked. It shows
absence

- only from its own day on backwards: one made before the time that is looked back over says nothing about it;
- not for a course, when it was made on day 1 of it: that is before its first dose;
- until it is too old: `reviews: [{of: medication, valid_for: 28 days}]` in the protocol, the last day included;
- not with "listed" and nothing listed.
"""
ASKING = f"""## When an answer counts

`asks` in the protocol: `kind` is {", ".join(QUESTION_KINDS)}. The latest answer counts, so that a consent or a promise
taken back is a no.

| | counts | else unknown, and missing is |
| --- | --- | --- |
| any kind | until `valid_for` after its date is over, the last day included | the question, asked again |
| judgement | given by a named person as {" or ".join(JUDGES)}, or a role of `signed_by` | the question, signed |
| consent | with a date of its own, to the day | the question, dated |
| fact, commitment | by whoever enters it, unless `signed_by` names roles | the question, signed |

Who enters an answer gave it, unless `by` and `role` beside it say who did.

A number that cannot be (`possible` of a field: a negative count, more than 100 %) is no value; in every condition it is
unknown.
"""


def rows(constructs: Mapping[str, Construct]) -> Iterator[str]:
    """One table of constructs."""
    yield "| word | met | not met | unknown | missing | example |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for word, one in constructs.items():
        yield f"| `{word}` | {one.met} | {one.not_met} | {one.unknown} | {one.missing} | `{one.example}` |"


def keys(constructs: Mapping[str, Construct]) -> Iterator[str]:
    """The further keys, word by word."""
    yield "| word | key | says |"
    yield "| --- | --- | --- |"
    for word, one in constructs.items():
        yield from (f"| `{word}` | `{key}` | {says} |" for key, says in one.keys.items())


def page() -> str:
    """The whole page."""
    parts = [
        OPENING,
        "## What joins conditions\n",
        *rows(COMBINING),
        "\n## What asks for data\n",
        *rows(DATA),
        "\n## Keys\n",
        *keys({**COMBINING, **DATA}),
        "",
        ABSENCE,
        ASKING,
    ]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
