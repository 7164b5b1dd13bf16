"""The reference of deviations names every kind with its weight; the how-to's example of a protocol can be read."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from builders import SITE, protocol
from trialwright.core.deviations import KINDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROWS = re.findall(r"^\| ([^|]+) \| (major|minor) \|", (DOCS / "reference" / "deviations.md").read_text("utf-8"), re.M)
HOW_TO = DOCS / "how-to" / "watch-a-trial.md"


def test_every_kind_of_deviation_is_in_the_reference_with_its_weight() -> None:
    assert dict(ROWS) == {kind: severity for kind, (severity, _) in KINDS.items()}


def test_the_example_of_the_how_to_is_a_protocol_that_can_be_read() -> None:
    example = re.search(r"```yaml\n(.*?)```", HOW_TO.read_text("utf-8"), re.S)
    assert example
    told = YAML(typ="safe").load(example[1].replace("related: yes", 'related: "yes"'))
    design = {
        "id": "d",
        "accrual": {"id": "a", "planned": 29},
        "sites": [{"id": SITE, "name": "n", "time_zone": "UTC"}],
    }
    read = protocol(design={**design, **told["design"]}, safety=told["safety"])
    assert read.safety and read.safety.stopping[0].at_least == 2 and len(read.design.stages) == 2


def test_the_python_of_the_how_to_says_what_it_shows() -> None:
    assert doctest.testfile(str(HOW_TO), module_relative=False).failed == 0


@pytest.mark.parametrize("word", ["crossed", "may be crossed", "open", "can no longer be crossed"])
def test_every_state_of_a_stopping_rule_is_explained(word: str) -> None:
    assert f"| {word} |" in (DOCS / "reference" / "safety.md").read_text("utf-8")
