"""In which organ system of the registry a term belongs: by the table's own class, else by the same term in a later one.

CTCAE since version 4 has the classes of MedDRA, which are the registry's; the categories of version 3 are not, and are
placed where version 5 has the term, else by `OF_VERSION_3`, which is a reading of ours. A term that is in no table is
placed among general disorders and named in a finding. Read `organ_of`.
"""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.adapters.exchange.ctgov.results.choices import Organ
from trialwright.core.toxicity import ToxicityTable
from trialwright.standards.ctcae.v5 import CTCAE_5

OF_VERSION_3: Mapping[str, Organ] = {
    "Allergy/immunology": Organ.IMMUNE,
    "Auditory/ear": Organ.EAR,
    "Blood/bone marrow": Organ.BLOOD,
    "Cardiac arrhythmia": Organ.CARDIAC,
    "Cardiac general": Organ.CARDIAC,
    "Coagulation": Organ.BLOOD,
    "Constitutional symptoms": Organ.GENERAL,
    "Death": Organ.GENERAL,
    "Dermatology/skin": Organ.SKIN,
    "Endocrine": Organ.ENDOCRINE,
    "Gastrointestinal": Organ.GASTROINTESTINAL,
    "Growth and development": Organ.MUSCULOSKELETAL,
    "Hemorrhage/bleeding": Organ.VASCULAR,
    "Hepatobiliary/pancreas": Organ.HEPATOBILIARY,
    "Infection": Organ.INFECTIONS,
    "Lymphatics": Organ.VASCULAR,
    "Metabolic/laboratory": Organ.METABOLISM,
    "Musculoskeletal/soft tissue": Organ.MUSCULOSKELETAL,
    "Neurology": Organ.NERVOUS,
    "Ocular/visual": Organ.EYE,
    "Pain": Organ.GENERAL,
    "Pulmonary/upper respiratory": Organ.RESPIRATORY,
    "Renal/genitourinary": Organ.RENAL,
    "Secondary malignancy": Organ.NEOPLASMS,
    "Sexual/reproductive function": Organ.REPRODUCTIVE,
    "Surgery/intra-operative injury": Organ.INJURY,
    "Syndromes": Organ.GENERAL,
    "Vascular": Organ.VASCULAR,
}


def organ_of(term: str, table: ToxicityTable | None) -> Organ | None:
    """The organ system of a term as a trial's table has it; None where no table knows the term.

    >>> organ_of("Fatigue", CTCAE_5), organ_of("Broken heart", CTCAE_5)
    (<Organ.GENERAL: 'General disorders'>, None)
    """
    own = table.term(term) if table else None
    later = CTCAE_5.term(term)
    placed = [_class(one.category) for one in (own, later) if one is not None]
    found = next((one for one in placed if one is not None), None)
    return found or (OF_VERSION_3.get(own.category) if own else None)


def _class(category: str) -> Organ | None:
    """The registry's organ system of this name; its names may be shorter than MedDRA's."""
    return next((one for one in Organ if category == one.value or category.startswith(f"{one.value} and ")), None)
