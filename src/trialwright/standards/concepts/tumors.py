"""Tumors measured by imaging: target, non-target and new lesions (RECIST 1.1), and lymphoma (Lugano 2014).

A lesion keeps its name through all visits: "<visit>.<lesion>" is the instance. What is reckoned from them (sums,
products, smallest sum, response) is the response instrument's that the protocol names.
"""

from __future__ import annotations

from trialwright.core.protocol import Field, Kind
from trialwright.standards.concepts.making import ON, episodes, field, optional, table


def _length(name: str, label: str, unit: str, high: str) -> Field:
    return field(name, label, Kind.QUANTITY, unit=unit, plausible=("0", high))


COMPLETE = optional("complete", "All planned assessments done", Kind.YES_NO)

TUMORS = table(
    episodes(
        "target_lesion",
        "Target lesion",
        field("lesion", "Lesion"),
        optional("organ", "Organ"),
        field("node", "Is it a lymph node?", Kind.YES_NO),
        _length("diameter", "Longest diameter; of a lymph node the short axis", "mm", "400"),
        optional("too_small", "Present but too small to measure", Kind.YES_NO),
        ON,
    ),
    episodes(
        "nontarget_lesion",
        "Non-target lesion",
        field("lesion", "Lesion"),
        optional("organ", "Organ"),
        field("state", "State", Kind.CODE, codes="present absent unequivocal_progression not_evaluated"),
        ON,
    ),
    episodes(
        "tumor_assessment",
        "Tumor assessment",
        ON,
        field("new_lesion", "New lesion", Kind.CODE, codes="no equivocal unequivocal"),
        COMPLETE,
    ),
)

LYMPHOMA = table(
    episodes(
        "lymphoma_lesion",
        "Node or extranodal lesion of a lymphoma",
        field("lesion", "Lesion"),
        field("node", "Is it a lymph node or nodal mass?", Kind.YES_NO),
        _length("longest", "Longest diameter", "cm", "60"),
        _length("perpendicular", "Longest diameter at a right angle to it", "cm", "60"),
        optional("too_small", "Present but too small to measure", Kind.YES_NO),
        ON,
    ),
    episodes(
        "lymphoma_assessment",
        "Lymphoma assessment",
        ON,
        optional("deauville", "PET: five-point score", Kind.CODE, codes="1 2 3 4 5"),
        optional("uptake", "PET: uptake against baseline", Kind.CODE, codes="reduced unchanged increased"),
        field("new_lesion", "New lesion, or regrowth of one that had resolved", Kind.YES_NO),
        field("marrow", "Bone marrow", Kind.CODE, codes="not_involved involved unknown"),
        field(
            "unmeasured",
            "Lesions assessed but not measured",
            Kind.CODE,
            codes="none absent not_increased progressed unknown",
        ),
        Field(id="spleen", label="Length of the spleen", kind=Kind.QUANTITY, unit="cm", plausible=("0", "50")),
        COMPLETE,
    ),
)
