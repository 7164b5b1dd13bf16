"""A study folder is opened whole or with everything that is wrong in it, each finding with file, line and column."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
from small_study import PROTOCOL, RECORD, changed, place, study_folder

from trialwright.adapters.study import load_protocol, load_study
from trialwright.core.conditions import Measure
from trialwright.core.terms import DaySpan, Duration, Quantity, Severity

PROJECT = Path(__file__).resolve().parents[3]
STUDIES = sorted(path.parent.parent for path in PROJECT.glob("studies/*/protocol/1.yaml"))


def said(folder: Path) -> str:
    """Everything that is found wrong, one line each: place, words, advice."""
    return "\n".join(f"{one.where} {one.says} {one.do}" for one in load_study(folder).findings)


# --- what is right ------------------------------------------------------------------------------------------------


def test_a_whole_study_loads_without_a_finding(tmp_path):
    study = load_study(study_folder(tmp_path))
    assert study.findings == ()
    assert study.usable
    assert list(study.versions) == ["1"]
    assert study.record_text == RECORD
    assert study.hashes == {"1": hashlib.sha256(PROTOCOL.encode()).hexdigest()}
    assert study.texts == {"1": PROTOCOL}
    assert study.rehearsal is None
    assert study.trial is not None
    assert study.trial.hashes == study.hashes


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_study_of_the_project_loads_without_a_finding(folder):
    study = load_study(folder)
    assert study.findings == ()
    assert study.trial is not None


def test_the_project_has_studies():
    assert len(STUDIES) >= 2


def test_values_are_read_as_the_clinic_writes_them(tmp_path):
    protocol, findings = load_protocol(study_folder(tmp_path) / "protocol" / "1.yaml")
    assert findings == ()
    assert protocol is not None
    regimen, anc = protocol.regimen[0], protocol.eligibility[0].must
    assert regimen.dose.start == Quantity.parse("10 mg")
    assert (regimen.cycle, regimen.days) == (Duration(21, "days"), DaySpan(1, 14))
    assert isinstance(anc, Measure)
    assert str(anc.limit) == ">= 1500 /mm3"


def test_text_folded_over_lines_is_one_line_of_plain_text(tmp_path):
    text = changed("reading: As written here.", "reading: >-\n      As written\n      here.")
    protocol, findings = load_protocol(study_folder(tmp_path, text) / "protocol" / "1.yaml")
    assert findings == ()
    assert protocol is not None
    assert protocol.questions[0].reading == "As written here."


def test_one_word_stands_for_a_list_of_one(tmp_path):
    protocol, _ = load_protocol(study_folder(tmp_path) / "protocol" / "1.yaml")
    assert protocol is not None
    assert protocol.eligibility[0].quotes == ("ANC ≥ 1,500/mm³",)
    assert protocol.sets[0].codes == ("steroid",)
    assert protocol.encounters[1].collect == ("itch",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2005-02-01", "2005-02-01"),
        ("2005-02", "2005-02"),
        ("1.10", "1.10"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("no", "no"),
        ("12:30:45", "12:30:45"),
        ("007", "007"),
        ("35", 35),
        ("'35'", "35"),
    ],
)
def test_plain_words_stay_words_and_no_date_or_number_is_guessed(tmp_path, written, read):
    text = changed("value: 2005-02-01", f"value: {written}")
    protocol, findings = load_protocol(study_folder(tmp_path, text) / "protocol" / "1.yaml")
    assert findings == ()
    assert protocol is not None
    assert protocol.facts[0].value == read
    assert not isinstance(protocol.facts[0].value, date)


def test_a_number_gives_its_text_back_where_text_is_wanted(tmp_path):
    text = changed("title: A Trial of Sampledrug", "title: 10").replace('version: "1"', "version: 1")
    protocol, findings = load_protocol(study_folder(tmp_path, text) / "protocol" / "1.yaml")
    assert findings == ()
    assert protocol is not None
    assert (protocol.title, protocol.version) == ("10", "1")


@pytest.mark.parametrize(("word", "lead"), [("yes", True), ("true", True), ("no", False), ("false", False)])
def test_yes_and_no_are_understood_where_a_yes_or_no_is_wanted(tmp_path, word, lead):
    protocol, _ = load_protocol(study_folder(tmp_path, changed("lead: yes", f"lead: {word}")) / "protocol" / "1.yaml")
    assert protocol is not None
    assert protocol.design.sites[0].lead is lead


def test_versions_come_in_the_order_of_their_number(tmp_path):
    for number in ("10", "2", "1"):
        study_folder(tmp_path, PROTOCOL.replace('version: "1"', f'version: "{number}"'), name=f"{number}.yaml")
    assert list(load_study(tmp_path).versions) == ["1", "2", "10"]


def test_white_space_and_non_breaking_blanks_of_the_record_are_one_blank(tmp_path):
    record = RECORD.replace("once daily on", "once\n   daily\u00a0on")
    assert load_study(study_folder(tmp_path, record=record)).findings == ()


def test_a_rehearsal_is_handed_on_as_plain_data(tmp_path):
    (study_folder(tmp_path) / "rehearsal.yaml").write_text("patients: 12\nstart: 2005-02-01\n", encoding="utf-8")
    assert load_study(tmp_path).rehearsal == {"patients": 12, "start": "2005-02-01"}


# --- what is wrong in one place -----------------------------------------------------------------------------------

WRONG = {
    # what is changed: old words, new words, words of the finding, what the place begins with in the changed file
    "a misspelt key": ("maximum: 40", "maximun: 40", "Is 'maximum' meant?", "maximun"),
    "a misspelt key of a clause": ("drug: sampledrug", "durg: sampledrug", "Is 'drug' meant?", "durg"),
    "a misspelt kind of word": ("type: experimental", "type: experimentel", "Is 'experimental' meant?", "experimentel"),
    "a misspelt epoch": ("epoch: treatment", "epoch: treatmnt", "Is 'treatment' meant?", "treatmnt"),
    "a misspelt readiness": ("last_safety_day", "last_safty_day", "Is 'last_safety_day' meant?", "last_safty_day"),
    "a misspelt construct": ("{measure: creatinine, is", "{mesure: creatinine, is", "is 'measure' meant?", "{mesure"),
    "a misspelt key of a condition": ("within: 14 days", "witin: 14 days", "is 'within' meant?", "14 days}"),
    "a misspelt concept": ("{measure: creatinine,", "{measure: creatinin,", "Is 'creatinine' meant?", "creatinin,"),
    "a misspelt question to a person": ("{ask: willing}", "{ask: wiling}", "Is 'willing' meant?", "wiling"),
    "a misspelt set": ("{had: steroid", "{had: steriod", "Is 'steroid' meant?", "steriod"),
    "a field no record has": ("{outcome: failed}", "{outcom: failed}", "Is 'outcome' meant?", "failed}"),
    "a code no field has": ("{outcome: failed}", "{outcome: faild}", "Is 'failed' meant?", "faild"),
    "a sex no form offers": ("in: [female, male]", "in: [femal, male]", "Is 'female' meant?", "femal,"),
    "an open question that is not listed": (
        "see: [steroids], rests_on: Q1",
        "see: [steroids], rests_on: Q2",
        "'Q2'",
        "Q2",
    ),
    "a source that is not listed": (
        "source: label\n      - id: flare",
        "source: lable\n      - id: flare",
        "Is 'label' meant?",
        "lable",
    ),
    "a criterion that is not there": ("see: [steroids]", "see: [steroid]", "Is 'steroids' meant?", "steroid], rests"),
    "an unknown time zone": ("Europe/Berlin", "Europe/Berln", "Is 'Europe/Berlin' meant?", "Europe/Berln"),
    "an unknown anchor": ("anchor: screening", "anchor: screning", "Is 'screening' meant?", "screning"),
    "something uncollectable": ("collect: itch", "collect: itchh", "Is 'itch' meant?", "itchh"),
    "a level no endpoint has": ("level: primary", "level: primry", "Is 'primary' meant?", "primry"),
    "an unknown standard version": ("ctcae/3.0", "ctcae/3.1", "'ctcae/3.0'", "ctcae/3.1"),
    "an unknown response standard": ("ctcl/composite", "ctcl/compsite", "'ctcl/composite-assessment'", "ctcl/compsite"),
    "a term the grade table lacks": (
        "grade: Tumor flare",
        "grade: Tumour flare",
        "Is 'Tumor flare' meant?",
        "Tumour flare",
    ),
    "a unit of another dimension": ('"<= 2.0 mg/dL"', '"<= 2.0 mg"', "measures something else", '"<= 2.0 mg"'),
    "a unit nobody knows": ('"<= 2.0 mg/dL"', '"<= 2.0 mgg/dL"', "mgg/dL", '"<= 2.0 mgg'),
    "a limit without a unit": ('">= 1500 /mm3", within', '">= 1500", within', "no unit", '">= 1500", within'),
    "a range that holds no age": ("age: 18-75 years", "age: 75-18 years", "is not a limit", "75-18"),
    "an age in months": ("age: 18-75 years", "age: 18-75 months", "completed years", "18-75 months"),
    "a limit that is none": ('"<= 2.0 mg/dL"', '"at most 2"', "is not a limit", '"at most 2"'),
    "a grade that is none": ('is: ">= 3", related', 'is: ">= 6", related', "No grade is", '">= 6"'),
    "a month as a window": ("within: 14 days", "within: 14 d", "is not a duration", "14 d}"),
    "a quote that is not in the record": (
        "quotes: ANC ≥ 1,500/mm³",
        "quotes: ANC ≥ 1,400/mm³",
        "'ANC ≥ 1,500/mm³'",
        "ANC ≥ 1,4",
    ),
    "a quote that cuts a number": (
        "Creatinine ≤ 2.0 mg/dL\n",
        "Creatinine ≤ 2.0 mg/d\n",
        "The record does not say",
        "Creatinine ≤ 2.0 mg/d\n",
    ),
    "words of no question": (
        'about: "Patients receive',
        'about: "Patient receives',
        "The record does not say",
        '"Patient receives',
    ),
    "a clause with no base": ("quotes: Sampledrug}", "note: none}", "neither quotes, nor a source", "{id: only"),
    "a criterion that says nothing": (
        "    must: {age: 18-75 years}\n",
        "",
        "none of must, must_not and see",
        "id: age",
    ),
    "a dose in another unit": ("floor: 5 mg}", "floor: 5 g}", "written in g, the start in mg", "5 g}"),
    "a dose that is no dose": ("floor: 5 mg}", "floor: 5 mL}", "measures something else", "5 mL}"),
    "a maximum below the start": ("maximum: 40 mg", "maximum: 5 mg", "below the start", "5 mg, floor"),
    "a floor above the start": ("floor: 5 mg}", "floor: 15 mg}", "above the start", "15 mg}"),
    "days outside the course": ("days: 1-14", "days: 1-28", "do not fit", "1-28"),
    "a day 0": ("days: 1-14", "days: 0-14", "there is no day 0", "0-14"),
    "a last day outside the course": ("last_day: 14", "last_day: 22", "is no day of a course", "22, rests_on"),
    "a course with no fixed length": ("cycle: 21 days", "cycle: 1 month", "no fixed number of days", "1 month"),
    "two actions of one rule": (
        "then: {stop: flare}",
        "then: {stop: flare, no_step_up: true}",
        "stop and no_step_up",
        "{stop: flare, no",
    ),
    "a rule that does nothing": ("then: {stop: flare}", "then: {no_step_up: false}", "nothing", "{no_step_up: false"),
    "an encounter on no day": ("anchor: course, day: 1,", "anchor: course,", "lies on a day", "course, window"),
    "a visit that never ends": (
        "course, day: 1,",
        "course, day: 1, every: 0 weeks,",
        "same day, without end",
        "0 weeks, win",
    ),
    "a window that is none": ("window: [2, 2]", "window: [-2, 2]", "none of them negative", "[-2, 2]"),
    "a window of one number": ("window: [2, 2]", "window: [2]", "", "[2]"),
    "an accrual of nobody": ("planned: 20", "planned: 0", "No subject is planned", "0, quotes"),
    "a study without a site": (
        "  sites:\n    - {id: town, name: Sample Hospital, time_zone: Europe/Berlin, lead: yes,"
        ' quotes: "Sample Hospital, Sampletown"}\n',
        "  sites: []\n",
        "has no site",
        "[]",
    ),
    "a delay by nothing": (
        "cycle: 21 days\n",
        "cycle: 21 days\n    delay: {id: wait, rests_on: Q1, by: 0 days, at_most: 9 days, then_stop: late}\n",
        "puts the course off by nothing",
        "0 days, at_most",
    ),
    "a number that is none": ("planned: 20", "planned: twenty", "whole number", "twenty"),
    "a set that contains itself": ("codes: [emollient]}", "union: [emollient]}", "contains itself", "{id: emollient"),
    "a set of what does not repeat": (
        "of: prior_therapy, codes: steroid",
        "of: anc, codes: steroid",
        "'anc' is no repeating concept",
        "anc, codes",
    ),
    "a key without a value": ("title: A Trial of Sampledrug", "title:", "Text is expected", "\nstandards"),
    "a list where keys are wanted": (
        "dose: {start: 10 mg, step: 10 mg, maximum: 40 mg, floor: 5 mg}",
        "dose: [10 mg]",
        "Keys are expected",
        "[10 mg]",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_one_mistake_is_one_finding_at_its_place(tmp_path, what):
    old, new, words, begins = WRONG[what]
    text = changed(old, new)
    study = load_study(study_folder(tmp_path, text))
    errors = [one for one in study.findings if one.severity is Severity.ERROR]
    assert len(errors) == 1, said(tmp_path)
    assert words in f"{errors[0].says} {errors[0].do}"
    if not begins.startswith("\n"):
        assert errors[0].where == f"1.yaml:{place(text, begins)}"
    assert errors[0].matters
    assert errors[0].do
    assert not study.usable
    assert study.trial is None
    assert study.versions == {}


def test_two_clauses_of_one_id_are_named_where_the_second_stands(tmp_path):
    text = changed("  - id: creatinine\n", "  - id: anc\n")
    assert f"1.yaml:{place(text, 'anc' + chr(10) + '    quotes: Creatinine')} The clause id 'anc' stands twice" in said(
        study_folder(tmp_path, text)
    )


def test_a_criterion_says_one_thing(tmp_path):
    text = changed("    must_not: {had: steroid", "    must: {age: 18-75 years}\n    must_not: {had: steroid")
    assert "must and must_not" in said(study_folder(tmp_path, text))


def test_a_response_cannot_be_asked_for_without_a_response_standard(tmp_path):
    text = changed(", response: ctcl/composite-assessment", "")
    assert "names no response standard" in said(study_folder(tmp_path, text))


def test_a_missing_key_is_named_with_the_part_that_lacks_it(tmp_path):
    text = changed("    drug: sampledrug\n", "")
    assert "Regimen 1 lacks the key 'drug'." in said(study_folder(tmp_path, text))


def test_a_file_named_for_another_version_is_found(tmp_path):
    folder = study_folder(tmp_path, name="2.yaml")
    assert "says it is version '1'" in said(folder)
    assert not load_study(folder).versions


def test_departing_from_words_the_record_does_not_have_is_found(tmp_path):
    text = changed(
        "        source: label\n      - id: flare",
        "        source: label\n        departs_from: 99 mg daily\n      - id: flare",
    )
    assert "The record does not say '99 mg daily'" in said(study_folder(tmp_path, text))


# --- all at once --------------------------------------------------------------------------------------------------


def test_all_mistakes_of_a_file_are_found_at_once_in_the_order_of_the_file(tmp_path):
    text = PROTOCOL
    for old, new, _, _ in (
        WRONG["a misspelt key of a clause"],
        WRONG["an unknown time zone"],
        WRONG["a quote that is not in the record"],
        WRONG["a misspelt construct"],
        WRONG["a misspelt epoch"],
        WRONG["an unknown standard version"],
    ):
        text = text.replace(old, new)
    findings = load_study(study_folder(tmp_path, text)).findings
    lines = [int(str(one.where).split(":")[1]) for one in findings]
    wanted = [
        place(text, words).split(":")[0]
        for words in ("ctcae/3.1", "Europe/Berln", "ANC ≥ 1,400", "{mesure", "durg: sampledrug", "treatmnt")
    ]
    assert lines == sorted(lines)
    assert set(map(int, wanted)) <= set(lines)


def test_what_was_left_out_is_not_reported_as_missing_as_well(tmp_path):
    text = changed("  - id: steroids\n", "  - id: steroids\n    notes: misspelt\n")
    findings = load_study(study_folder(tmp_path, text)).findings
    assert [one.about for one in findings] == ["notes"]


def test_places_stay_right_after_a_broken_element_of_a_list(tmp_path):
    text = changed("must: {measure: anc, is", "must: {meassure: anc, is").replace(
        "must: {age: 18-75", "must: {age: 75-18"
    )
    findings = load_study(study_folder(tmp_path, text)).findings
    assert [one.where for one in findings] == [f"1.yaml:{place(text, words)}" for words in ("{meassure", "75-18")]


# --- files that are no protocol -----------------------------------------------------------------------------------

NO_PROTOCOL = {
    "empty": (b"", "is empty"),
    "only blanks": (b" \n\n", "is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "is binary"),
    "not UTF-8": (b"protocol: X\ntitle: caf\xe9\n", "Line 2 is not UTF-8"),
    "a sentence": (b"Lorem ipsum", "is a mapping of keys"),
    "a list": (b"- a\n- b\n", "is a mapping of keys"),
    "broken": (b"protocol: [1\nversion: 2\n", "is not YAML"),
    "a tab": (b"protocol:\n\t- a\n", "is not YAML"),
    "a key twice": (b"protocol: A\nversion: '1'\nprotocol: B\n", "The key 'protocol' stands twice, first on line 1"),
    "a key twice in a clause": (b"design: {id: a, id: b}\n", "The key 'id' stands twice"),
    "an object of Python": (b"protocol: !!python/object/apply:os.system ['true']\n", "A tag"),
    "an own tag": (b"protocol: !thing x\n", "A tag (!thing)"),
    "an anchor": (b"protocol: &a X\n", "An anchor (&a)"),
    "an alias": (b"protocol: &a X\ntitle: *a\n", "An alias (*a)"),
    "a merge": (b"design: &d {id: a}\nother: {<<: *d}\n", "An alias (*d)"),
    "two documents": (b"protocol: X\n---\nprotocol: Y\n", "A second document"),
    "deep": (b"a: " + b"[" * 3000, "nests deeper"),
    "a list as a key": (b"? [a, b]\n: c\n", "A key must be one word"),
    "too large": (b"protocol: X\n# " + b"x" * 4_000_000, "is the most"),
    "a control sign": (b"protocol: \x07\n", "does not show"),
}


@pytest.mark.parametrize("what", NO_PROTOCOL)
def test_a_file_that_is_no_protocol_is_told_apart_and_nothing_is_made_of_it(tmp_path, what):
    content, words = NO_PROTOCOL[what]
    study = load_study(study_folder(tmp_path, content))
    assert any(words in one.says for one in study.findings), said(tmp_path)
    assert all(str(one.where).startswith("1.yaml:") for one in study.findings)
    assert study.versions == {}
    assert study.trial is None


def test_entities_that_grow_without_end_are_refused_before_they_grow(tmp_path):
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30))
    study = load_study(study_folder(tmp_path, f"l0: &l0 x\n{levels}\n"))
    assert any("An alias" in one.says for one in study.findings)


def test_a_folder_without_a_protocol_or_a_record_says_what_to_put_there(tmp_path):
    study = load_study(tmp_path)
    assert [one.about for one in study.findings] == [tmp_path.name, "record.txt"]
    assert not study.usable


def test_a_protocol_whose_record_is_gone_is_not_used(tmp_path):
    study = load_study(study_folder(tmp_path, record=None))
    assert study.versions == {}
    assert any("record.txt" in one.says for one in study.findings)


def test_a_file_that_is_not_there_is_a_finding(tmp_path):
    protocol, findings = load_protocol(tmp_path / "7.yaml")
    assert protocol is None
    assert "7.yaml cannot be read" in findings[0].says


def test_a_record_that_is_not_text_is_a_finding(tmp_path):
    (study_folder(tmp_path) / "record.txt").write_bytes(b"caf\xe9")
    assert "The record is not UTF-8 text." in said(tmp_path)


def test_a_folder_in_the_place_of_a_protocol_is_a_finding(tmp_path):
    (tmp_path / "protocol" / "1.yaml").mkdir(parents=True)
    assert "1.yaml cannot be read" in said(tmp_path)


def test_one_broken_version_stops_the_trial_and_leaves_the_other_readable(tmp_path):
    study_folder(tmp_path)
    study_folder(tmp_path, changed('version: "1"', 'version: "2"').replace("drug:", "durg:"), name="2.yaml")
    study = load_study(tmp_path)
    assert list(study.versions) == ["1"]
    assert study.trial is None


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_a_word_of_the_record_changed_is_found_in_every_study(tmp_path, folder):
    copy = shutil.copytree(folder, tmp_path / "copy")
    record = (copy / "record.txt").read_text(encoding="utf-8")
    (copy / "record.txt").write_text(record.replace("Years", "Jahre"), encoding="utf-8")
    assert any("The record does not say" in one.says for one in load_study(copy).findings)
