"""Every sentence of every study's record ends in one class, and no trick of the protocol file hides one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders import protocol, regimen
from trialwright.adapters.registry import read
from trialwright.adapters.study import load_study
from trialwright.adapters.study.check import CheckResult, check_protocol
from trialwright.adapters.study.coverage import SentenceClass
from trialwright.cli.check import fields_of, newest
from trialwright.standards import load_standards

STUDIES = sorted(path.parent for path in Path(__file__).parents[3].glob("studies/*/record.txt"))
SENTENCE = "Patients also swallow one sugar cube on day 3."


def checked(folder: Path) -> CheckResult:
    study = load_study(folder)
    version = newest(study)
    assert version is not None
    assert study.trial is not None, study.findings
    protocol, standards = study.versions[version], study.trial.standards[version]
    return check_protocol(protocol, standards, study.record_text, fields_of(read(study.record_text)))


def neither(result: CheckResult) -> list[str]:
    return [one.sentence.text for one in result.sentences if one.kind is SentenceClass.NEITHER]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Path:
    folder = tmp_path_factory.mktemp("study")
    for path in small.rglob("*.*"):
        if path.suffix in {".txt", ".yaml"}:
            target = folder / path.relative_to(small)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder


@pytest.fixture(scope="module")
def small() -> Path:
    """The study with the shortest protocol: the checks below are made on a copy of it."""
    return min(STUDIES, key=lambda folder: sum(path.stat().st_size for path in folder.glob("protocol/*.yaml")))


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_sentence_of_a_study_s_record_is_bound_questioned_or_furniture(folder: Path) -> None:
    assert neither(checked(folder)) == []


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_clause_has_words_a_source_or_a_question(folder: Path) -> None:
    assert [one.says for one in load_study(folder).findings] == []


def test_a_sentence_that_no_clause_quotes_is_neither_and_names_its_words(copy: Path) -> None:
    with_sentence(copy)
    result = checked(copy)
    assert neither(result) == [SENTENCE]
    assert any("sugar" in finding.says for finding in result.findings)


def test_quoting_a_sentence_in_a_clause_that_does_nothing_leaves_it_unaccounted_for(copy: Path) -> None:
    with_sentence(copy)
    protocol = next(copy.glob("protocol/*.yaml"))
    text = protocol.read_text()
    idle = f'eligibility:\n  - id: sugar\n    quotes: "{SENTENCE}"\n    must: {{all: []}}\n'
    protocol.write_text(text.replace("eligibility:\n", idle, 1))
    result = checked(copy)
    protocol.write_text(text)
    assert result.idle == ("sugar",)
    assert neither(result) == [SENTENCE]


def test_a_fact_that_the_reader_did_not_read_there_binds_nothing(copy: Path) -> None:
    with_sentence(copy)
    protocol = next(copy.glob("protocol/*.yaml"))
    text = protocol.read_text()
    told = f'id: sugar, field: protocolSection.designModule.sugar, value: one, quotes: "{SENTENCE}"'
    fact = f"facts:\n  - {{{told}}}\n"
    protocol.write_text(text.replace("facts:\n", fact, 1))
    result = checked(copy)
    protocol.write_text(text)
    assert neither(result) == [SENTENCE]
    assert any("no field" in finding.says for finding in result.findings)


def with_sentence(copy: Path) -> None:
    """Put a sentence that asks for something into the longest text of the copy's record, once."""
    record = copy / "record.txt"
    text = record.read_text()
    if SENTENCE not in text:
        line = max((one for one in text.splitlines() if one.rstrip().endswith(".")), key=len)
        record.write_text(text.replace(line, f"{line.rstrip()} {SENTENCE}", 1))


@pytest.mark.parametrize(
    ("masking", "drugs", "warned"),
    [
        ("DOUBLE", ("a", "b"), True),
        ("SINGLE", ("a", "b"), True),
        ("DOUBLE", ("a",), False),
        ("NONE", ("a", "b"), False),
    ],
)
def test_a_record_that_masks_what_the_pages_name_is_warned_of(
    masking: str, drugs: tuple[str, ...], warned: bool
) -> None:
    arms = [{"id": name, "label": name, "source": "plan"} for name in ("a", "b")]
    given = [regimen(id=f"of_{name}", drug=name, arms=[name] if len(drugs) > 1 else []) for name in drugs]
    study = protocol(sources={"plan": "The plan"}, arms=arms, regimen=given)
    record = json.dumps({"protocolSection": {"designModule": {"designInfo": {"maskingInfo": {"masking": masking}}}}})
    found = check_protocol(study, load_standards(study), record, fields_of(read(record)))
    told = [one.says for one in found.findings if one.about == "masking"]
    assert (len(told) == 1 and f"masking {masking}" in told[0]) if warned else told == []
