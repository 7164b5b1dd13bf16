"""The words of `expect` about what is planned and about the whole trial: what visits collect, what samples are for,
how many are registered, how far a sub-study has come. Read `PLAN_WORDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialwright.adapters.study.cases import readers
from trialwright.adapters.study.cases.comparing import Got, Word, listed
from trialwright.adapters.study.cases.outcome import Outcome
from trialwright.adapters.study.cases.words import Wrong, known_word
from trialwright.core.schedule import substudy_progress, visits
from trialwright.core.specimens import custody_of, specimens_due

NOTHING = "nothing to do"
COUNTS = ("planned", "screened", "registered", "treated")
OF_SUBSTUDY = ("joined", "sampled", "places", "offered", "reached")


def _collects(outcome: Outcome, expected: Mapping[str, tuple[str, ...]]) -> Got:
    """What is recorded at a visit, all of it and nothing else."""
    planned = {one.key: one for one in visits(outcome.case, outcome.story.on)}
    held = {key: planned[key] for key in expected if key in planned}
    told = "; ".join(f"{key}: {listed(one.encounter.collect)}" for key, one in held.items())
    agrees = all(key in held and set(held[key].encounter.collect) == set(some) for key, some in expected.items())
    reasons = tuple(reason for one in held.values() for reason in one.because)
    return Got(agrees, told or "no such visit is planned", reasons, tuple(one.encounter.id for one in held.values()))


def _measures(outcome: Outcome, expected: Mapping[str, tuple[str, ...]]) -> Got:
    """What an assay measures, all of it and nothing else."""
    held = {one.id: one for specimen in outcome.case.protocol.specimens for one in specimen.assays}
    told = "; ".join(f"{name}: {listed(held[name].analytes)}" for name in expected if name in held)
    agrees = all(name in held and set(held[name].analytes) == set(some) for name, some in expected.items())
    return Got(agrees, told or "no such assay", proves=tuple(expected))


def _specimens(outcome: Outcome, expected: Mapping[str, str]) -> Got:
    """Where a specimen is, or what is to be done with it and since when; `destroy, due 2006-04-03`."""
    held = {one.key: one for one in custody_of(outcome.case, outcome.story.on)}
    next_of: dict[str, list[str]] = {key: [] for key in held}
    for one in specimens_due(outcome.case, outcome.story.on):
        next_of[one.key] += [one.to_do, f"{one.to_do}, due {one.due}"]
    found = {key: (held[key].state, *(next_of[key] or [NOTHING])) for key in expected if key in held}
    told = "; ".join(f"{key}: {listed(some)}" for key, some in found.items()) or "no such specimen"
    agrees = all(text in found.get(key, ()) for key, text in expected.items())
    return Got(agrees, told, proves=tuple(key.partition(".")[0] for key in found))


def _trial(outcome: Outcome, expected: Mapping[str, int]) -> Got:
    """How many patients the trial has."""
    found = {name: getattr(outcome.whole_trial, name) for name in COUNTS}
    accrual = outcome.case.protocol.design.accrual.id
    agrees = all(found[name] == count for name, count in expected.items())
    return Got(agrees, listed(f"{name} {found[name]}" for name in expected), proves=(accrual,))


def _arms(outcome: Outcome, expected: Mapping[str, int]) -> Got:
    """How many registered patients each arm has; the arms named and no others."""
    found = dict(outcome.whole_trial.by_arm)
    proves = tuple(one.id for one in outcome.case.protocol.arms if one.id in expected)
    return Got(found == dict(expected), listed(f"{arm} {count}" for arm, count in found.items()), proves=proves)


def _sites(outcome: Outcome, expected: Mapping[str, int]) -> Got:
    """How many registered patients each site has; the sites named and no others."""
    found = dict(outcome.whole_trial.by_site)
    told = listed(f"{site} {count}" for site, count in found.items())
    return Got(found == dict(expected), told, proves=(*expected, outcome.case.protocol.design.id))


def _substudies(outcome: Outcome, expected: Mapping[str, Mapping[str, Any]]) -> Got:
    """How far a sub-study has come."""
    records = outcome.story.record.subjects.values()
    held = {one.substudy.id: one for one in substudy_progress(outcome.case.protocol, records, outcome.story.on)}
    found = {
        name: {"joined": len(one.joined), "sampled": len(one.sampled), "places": one.places}
        | {"offered": one.offered, "reached": one.reached}
        for name, one in held.items()
        if name in expected
    }
    agrees = all(found.get(name, {}).get(key) == one for name, part in expected.items() for key, one in part.items())
    return Got(agrees, "; ".join(held[name].because.saw for name in found), proves=tuple(found))


def _read_progress(value: Any, names: readers.Names) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise Wrong(f"Write what is told of the sub-study: {', '.join(OF_SUBSTUDY)}.")
    for key in value:
        known_word("word of a sub-study", key, OF_SUBSTUDY)
    read = {True: readers.read_yes_no, False: readers.read_whole}
    return {key: read[key in ("offered", "reached")](one, names) for key, one in value.items()}


PLAN_WORDS: Mapping[str, Word] = {
    "collects": Word(
        "what is recorded at visits, all of it",
        readers.table("encounter", lambda names: names.encounters, readers.read_texts, "."),
        _collects,
    ),
    "measures": Word(
        "what assays measure, all of it",
        readers.table("assay", lambda names: names.assays, readers.read_texts),
        _measures,
    ),
    "specimens": Word(
        "where specimens are, or what is to be done with them",
        readers.table("specimen", lambda names: names.specimens, lambda value, _: str(value), "."),
        _specimens,
    ),
    "trial": Word(
        "how many patients the trial has", readers.table("count", lambda _: COUNTS, readers.read_whole), _trial
    ),
    "arms": Word(
        "how many registered patients each arm has",
        readers.table("arm", lambda names: (*names.arms, "not allocated"), readers.read_whole),
        _arms,
    ),
    "sites": Word(
        "how many registered patients each site has",
        readers.table("site", lambda names: names.sites, readers.read_whole),
        _sites,
    ),
    "sub-studies": Word(
        "how far sub-studies have come",
        readers.table("sub-study", lambda names: names.substudies, _read_progress),
        _substudies,
    ),
}
"""The words of the plan and of the whole trial, in the order of the manual."""
