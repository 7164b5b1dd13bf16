"""HL7 FHIR, read: a Bundle of Observation resources (R4, R5; JSON) as observations of the study's concepts.

    bundle        the resources of a bundle, and of whom each observation is
    observations  one observation: code, value, unit, limits, day, or why it is missing

Codes are LOINC, by `standards.concepts.loinc`; units are UCUM. XML is not read. Read `read_observations`.
"""

from trialwright.adapters.exchange.fhir.bundle import read_observations
from trialwright.adapters.exchange.fhir.observations import Asked

__all__ = ["Asked", "read_observations"]
