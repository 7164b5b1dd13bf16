"""REDCap, read: a project's data dictionary and its records (CSV), by a map that a person has looked at.

    dictionary  the fields of a project: form, type, choices, validation, and whether a field identifies a person
    mapping     which variable is which field of which concept; a proposal from names, labels and choices
    drafting    what the study does not record yet, as concepts for a protocol's author to review
    records     rows (flat, or one value a row) by a map -> what is given of each subject

A field that the dictionary marks as an identifier is never read. Read `propose`, then `read_records`.
"""

from trialwright.adapters.exchange.redcap.dictionary import Dictionary, Variable, read_dictionary
from trialwright.adapters.exchange.redcap.drafting import draft_concepts
from trialwright.adapters.exchange.redcap.mapping import (
    Place,
    RecordMap,
    map_document,
    map_faults,
    propose,
    read_map,
)
from trialwright.adapters.exchange.redcap.records import Known, read_records

__all__ = [
    "Dictionary",
    "Known",
    "Place",
    "RecordMap",
    "Variable",
    "draft_concepts",
    "map_document",
    "map_faults",
    "propose",
    "read_dictionary",
    "read_map",
    "read_records",
]
