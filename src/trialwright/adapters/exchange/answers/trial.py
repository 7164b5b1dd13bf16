"""The status of the trial as one JSON document: counts, readiness, versions, sub-studies, everyone in a line.

Read `trial_document`.
"""

from __future__ import annotations

from typing import Any

from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.adapters.exchange.answers.subject import ground_document
from trialwright.core.conduct import TrialStatus
from trialwright.core.conduct.grounds import Ground
from trialwright.core.conduct.sites import SiteVersion
from trialwright.core.conduct.week import SubjectLine

WHOLE = ("people", "labels", "grounds", "substudies", "versions")
"""What the document tells in its own words, below."""


def trial_document(said: TrialStatus, head: str) -> dict[str, Any]:
    """The trial's status as one JSON document; every count and readiness has its `because`."""
    plain = {name: value for name, value in as_data(said).items() if name not in WHOLE}
    ready = [{**as_data(one), **ground_document(said.grounds[f"endpoint {one.endpoint}"])} for one in said.readiness]
    return {
        "head": head,
        **plain,
        "accrual": {"planned": said.planned, "registered": said.registered, **ground_document(said.grounds["accrual"])},
        "readiness": ready,
        "versions": [_version_document(one) for one in said.versions],
        "substudies": [_substudy_document(one) for one in said.substudies],
        "subjects": [person_document(one) for one in said.people],
    }


def _version_document(one: SiteVersion) -> dict[str, Any]:
    plain = {name: value for name, value in as_data(one).items() if name != "ground"}
    return {**plain, **ground_document(one.ground)}


def _substudy_document(one: Any) -> dict[str, Any]:
    ground = Ground((one.because,), one.evidence, () if one.evidence else ("joining",))
    return {
        "id": one.substudy.id,
        "joined": list(one.joined),
        "sampled": list(one.sampled),
        "offered": one.offered,
        "reached": one.reached,
        **ground_document(ground),
    }


def person_document(one: SubjectLine) -> dict[str, Any]:
    """One line about a subject: where it stands, its dose, what is due this week."""
    return {
        "subject": one.subject,
        "site": one.site,
        "version": one.version,
        "epoch": one.epoch.value,
        "since": as_data(one.since),
        "why": one.why,
        "course": one.course,
        "day": one.day,
        "doses": [{"drug": each.drug, "action": each.action, "says": dose_words(each)} for each in one.doses],
        "eligibility": one.eligibility or None,
        "this_week": [
            {"what": each.encounter.label, "key": each.key, "state": each.state, "due": as_data(each.due)}
            for each in one.visits
        ],
        "samples": [{"what": each.specimen.label, "key": each.key, "state": each.state} for each in one.samples],
        "missing": as_data(one.wanted),
    }


def dose_words(said: Any) -> str:
    """A dose in a few words."""
    return f"{said.dose} until {said.last_day}" if said.action == "give" else f"{said.action.upper()} ({said.reason})"
