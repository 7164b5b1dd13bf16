"""A made-up study as unlike a drug trial as the protocol's words allow: one visit, no arm, no drug, no specimen.

Its one site lies east of Greenwich and opens on the first day of the rehearsal; taking part rests on a consent of its
own. `survey(folder)` writes it; parts of the protocol may be put otherwise.
"""

from __future__ import annotations

from pathlib import Path

RECORD = """\
A Survey of Sleep

Adults who sleep badly answer ten questions at one visit.
  • Age 19-69 years
  • Agrees to take part
Sample Clinic, Sampleville
"""

PROTOCOL = """\
protocol: SV-1
version: "1"
title: A Survey of Sleep
standards: {}
sources: {plan: The plan of the survey}
design:
  id: design
  source: plan
  accrual: {id: accrual, planned: 40, source: plan}
  sites:
    - {id: ville, name: Sample Clinic, time_zone: Asia/Seoul, lead: true, quotes: "Sample Clinic, Sampleville"}
arms: []
concepts:
  - id: hours
    label: Hours of sleep
    fields: [{id: value, label: Hours of sleep, kind: integer, plausible: ["0", "16"]}]
  - id: wish
    label: What would help most
    fields: [{id: value, label: What would help most, kind: text, required: false}]
asks:
  - {id: sleeps_badly, asks: Does the person sleep badly?, who: subject}
  - {id: agrees, asks: Does the person agree to take part?, who: subject, kind: consent}
eligibility:
  - {id: age, quotes: Age 19-69 years, must: {age: 19-69 years}}
  - {id: bad_sleep, quotes: Adults who sleep badly, must: {ask: sleeps_badly}}
  - {id: consent, quotes: Agrees to take part, must: {ask: agrees}}
regimen: []
encounters:
  - id: survey
    label: Survey
    epoch: screening
    anchor: screening
    offset: 0 days
    window: [0, 7]
    collect: [age, sex, sleeps_badly, agrees, hours, wish]
    quotes: answer ten questions at one visit
endpoints:
  - id: sleep
    label: Hours of sleep
    level: primary
    variable: value
    population: registered
    concepts: [hours]
    at: [survey]
    time_frame: 1 day
    ready_when: encounter_done
    source: plan
"""

REHEARSAL = """\
rehearsal: SV-1
seed: 3
start: 2022-11-01
end: 2022-12-31
invented: Everything.
sites:
  ville:
    screened_per_month: 60
    versions: {"1": {since: 2022-11-01, approved: 2022-10-20}}
    staff: {coordinator: 1, investigator: 1}
screening: {decision_after: {fixed: 0}, again_after: {fixed: 1}, first_dose_after: {fixed: 1}}
classes: {alike: {chance: 1}}
baseline:
  age: {normal: [43, 9], least: 20, most: 68}
  sex: {of: {male: 1, female: 1}}
  sleeps_badly: {chance: 0.9}
  agrees: {chance: 1}
  hours: {of: {"4": 1, "6": 2}}
calibration: []
"""


def survey(folder: Path, **instead: str) -> Path:
    """The folder of the study; `old=new` puts words of the protocol otherwise."""
    (folder / "protocol").mkdir(parents=True, exist_ok=True)
    protocol = PROTOCOL
    for old, new in instead.items():
        assert old in protocol
        protocol = protocol.replace(old, new)
    (folder / "record.txt").write_text(RECORD, encoding="utf-8")
    (folder / "protocol" / "1.yaml").write_text(protocol, encoding="utf-8")
    (folder / "rehearsal.yaml").write_text(REHEARSAL, encoding="utf-8")
    return folder
