"""Data-collection concepts: the things a site writes down, each with its fields, unit, codes and plausible range.

    laboratory  blood count, chemistry, coagulation        people      demography, vital signs, performance
    episodes    adverse events, medication, history        conduct     visits, exposure, specimens, outcome
    oncology    stage, index lesions, assessments          tumors      target lesions (RECIST), lymphoma (Lugano)
    making      how a row of these tables is written

A study that needs a concept which is not here brings it in its own protocol, in the same shape. Read `CONCEPTS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.core.protocol import Concept
from trialwright.standards.concepts.conduct import DEVIATIONS, EXPOSURE, OUTCOME, SPECIMENS, VISITS
from trialwright.standards.concepts.episodes import EPISODES
from trialwright.standards.concepts.laboratory import LABORATORY
from trialwright.standards.concepts.making import table
from trialwright.standards.concepts.oncology import ASSESSMENTS, STAGING
from trialwright.standards.concepts.people import DEMOGRAPHY, TESTS, VITAL_SIGNS
from trialwright.standards.concepts.tumors import LYMPHOMA, TUMORS

DOMAINS: Mapping[str, Mapping[str, Concept]] = {
    "demography": DEMOGRAPHY,
    "vital signs": VITAL_SIGNS,
    "tests": TESTS,
    "laboratory": LABORATORY,
    "episodes": EPISODES,
    "staging": STAGING,
    "assessments": ASSESSMENTS,
    "tumors": TUMORS,
    "lymphoma": LYMPHOMA,
    "visits": VISITS,
    "exposure": EXPOSURE,
    "specimens": SPECIMENS,
    "deviations": DEVIATIONS,
    "outcome": OUTCOME,
}
"""The tables by domain, in the order of a casebook."""

CONCEPTS: Mapping[str, Concept] = table(*(concept for domain in DOMAINS.values() for concept in domain.values()))
"""Every standard concept by id."""

__all__ = ["CONCEPTS", "DOMAINS"]
