"""A small made-up study whose protocol file is whole; tests break it in one place at a time."""

from __future__ import annotations

from pathlib import Path

RECORD = """\
A Trial of Sampledrug in People With Example Disease

Patients receive oral sampledrug once daily on days 1-14.
Treatment repeats every 21 days, up to a maximum of 40 mg.
Progression ends treatment.

  • ANC ≥ 1,500/mm³
  • Creatinine ≤ 2.0 mg/dL
  • Ages Eligible for Study:\u00a0\u00a0 18 Years to 75 Years
  • No prior steroids except emollients
A total of 20 patients will be accrued.
Sample Hospital, Sampletown
Toxicity is assessed until 30 days after treatment.
"""

PROTOCOL = """\
protocol: EX-1
version: "1"
title: A Trial of Sampledrug
standards: {toxicity: ctcae/3.0, response: ctcl/composite-assessment}
sources:
  label: Prescribing information of sampledrug
facts:
  - {id: start, field: statusModule.startDate, value: 2005-02-01, rests_on: Q1}
design:
  id: design
  rests_on: [Q1]
  accrual: {id: accrual, planned: 20, quotes: A total of 20 patients will be accrued.}
  sites:
    - {id: town, name: Sample Hospital, time_zone: Europe/Berlin, lead: yes, quotes: "Sample Hospital, Sampletown"}
arms:
  - {id: only, label: Sampledrug, type: experimental, quotes: Sampledrug}
concepts:
  - id: itch
    label: Itch
    fields: [{id: value, label: "Itch, 0 to 10", kind: integer, plausible: ["0", "10"]}]
sets:
  - {id: steroid, of: prior_therapy, codes: steroid}
  - {id: emollient, of: prior_therapy, codes: [emollient]}
asks:
  - {id: willing, asks: Is the patient willing?}
eligibility:
  - id: anc
    quotes: ANC ≥ 1,500/mm³
    must: {measure: anc, is: ">= 1500 /mm3", within: 14 days}
  - id: creatinine
    quotes: Creatinine ≤ 2.0 mg/dL
    must: {measure: creatinine, is: "<= 2.0 mg/dL"}
  - id: age
    quotes: "Ages Eligible for Study: 18 Years to 75 Years"
    must: {age: 18-75 years}
  - id: steroids
    quotes: No prior steroids except emollients
    must_not: {had: steroid, where: {outcome: failed}}
  - id: willing_to
    rests_on: Q1
    must: {all: [{ask: willing}, {measure: sex, in: [female, male]}]}
  - {id: see_steroids, see: [steroids], rests_on: Q1}
regimen:
  - id: treatment
    drug: sampledrug
    cycle: 21 days
    days: 1-14
    dose: {start: 10 mg, step: 10 mg, maximum: 40 mg, floor: 5 mg}
    quotes:
      - Patients receive oral sampledrug once daily on days 1-14.
      - up to a maximum of 40 mg
    rules:
      - id: low_count
        when: {measure: anc, is: "< 500 /mm3"}
        then: {hold: {until: {measure: anc, is: ">= 1000 /mm3"}, resume_lower_by: 5 mg}}
        source: label
      - id: flare
        when: {grade: Tumor flare, is: ">= 3", related: yes}
        then: {stop: flare}
        source: label
    limits: [{id: last, courses: 6, last_day: 14, rests_on: Q1}]
continuation:
  - {id: progression, when: {response: [PD]}, off_treatment: progression, quotes: Progression ends treatment.}
encounters:
  - id: screening
    label: Screening
    epoch: screening
    anchor: screening
    collect: [anc, willing]
    rests_on: Q1
  - {id: day_1, label: Day 1, epoch: treatment, anchor: course, day: 1, window: [2, 2], collect: itch, rests_on: Q1}
endpoints:
  - id: toxicity
    label: Worst grade
    level: primary
    variable: worst grade
    ready_when: last_safety_day
    quotes: Toxicity is assessed until 30 days after treatment.
questions:
  - id: Q1
    asks: What is left open?
    reading: As written here.
    about: "Patients receive oral sampledrug"
"""


def study_folder(
    root: Path, protocol: str | bytes = PROTOCOL, record: str | None = RECORD, name: str = "1.yaml"
) -> Path:
    """The study folder with this protocol file and this record."""
    (root / "protocol").mkdir(parents=True, exist_ok=True)
    content = protocol if isinstance(protocol, bytes) else protocol.encode()
    (root / "protocol" / name).write_bytes(content)
    if record is not None:
        (root / "record.txt").write_text(record, encoding="utf-8")
    return root


def changed(old: str, new: str) -> str:
    """The protocol with one place changed; the place must be there, and once."""
    assert PROTOCOL.count(old) == 1, f"{old!r} stands {PROTOCOL.count(old)} times in the protocol"
    return PROTOCOL.replace(old, new)


def place(text: str, words: str) -> str:
    """The "line:column" at which words begin in a text."""
    before = text[: text.index(words)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
