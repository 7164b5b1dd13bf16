"""What the table of required elements speaks in: an element that is asked for, of which studies, and the sources.

The table is `prs_required`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.prs import (
    ClinicalStudy,
    InterventionalDesign,
    ObservationalDesign,
    OversightInfo,
)

SCHEMA = "ProtocolRecordSchema 2018-05-08"
LAW = "42 CFR 11.28(a)(2)"
DEFINITIONS = "ClinicalTrials.gov, Protocol Registration Data Element Definitions"

Missing = Callable[[ClinicalStudy], bool]
STOPPED: tuple[str, ...] = ("Suspended", "Terminated", "Withdrawn")
OPEN: tuple[str, ...] = ("Recruiting", "Not yet recruiting", "Enrolling by invitation")
IN_THE_US: tuple[str, ...] = ("United States", "USA")


@dataclass(frozen=True)
class Asked:
    """An element that is asked for; `field` is where API v2 has it, empty where no public record holds it."""

    element: str
    what: str
    source: str
    missing: Missing
    field: str = ""


def interventional(study: ClinicalStudy) -> InterventionalDesign | None:
    return study.study_design.interventional_design if study.study_design else None


def observational(study: ClinicalStudy) -> ObservationalDesign | None:
    return study.study_design.observational_design if study.study_design else None


def of_trial(lacks: Callable[[InterventionalDesign], bool]) -> Missing:
    """Asked of interventional studies alone."""

    def missing(study: ClinicalStudy) -> bool:
        design = interventional(study)
        return design is not None and lacks(design)

    return missing


def of_cohort(lacks: Callable[[ObservationalDesign], bool]) -> Missing:
    """Asked of observational studies alone."""

    def missing(study: ClinicalStudy) -> bool:
        design = observational(study)
        return design is not None and lacks(design)

    return missing


def oversight(study: ClinicalStudy) -> OversightInfo:
    return study.oversight_info or OversightInfo()


def unnamed_product(study: ClinicalStudy) -> bool:
    """Whether neither a regulated drug nor a regulated device is said or denied."""
    return oversight(study).fda_regulated_drug is None or oversight(study).fda_regulated_device is None


def no_contact(study: ClinicalStudy) -> bool:
    """A study that takes people in needs somebody to ask: for the study, or at every place."""
    at_places = bool(study.location) and all(one.contact for one in study.location)
    return study.overall_status in OPEN and study.overall_contact is None and not at_places


def no_state(study: ClinicalStudy) -> bool:
    places = (one.facility.address for one in study.location)
    return any(one.country in IN_THE_US and not one.state for one in places)
