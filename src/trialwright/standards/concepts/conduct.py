"""What happens in the trial itself: visits, doses taken, specimens and assays, what became of the subject."""

from __future__ import annotations

from trialwright.core.protocol import CUSTODY_STEPS, Kind
from trialwright.standards.concepts.making import ON, TIME, episodes, field, optional, table, value

VISITS = table(
    episodes(
        "visit",
        "Visit",
        field("encounter", "Encounter"),
        ON,
        field("done", "Done", Kind.YES_NO),
        optional("reason", "Why not done"),
    ),
)

EXPOSURE = table(
    episodes(
        "exposure",
        "Study drug taken",
        field("drug", "Drug"),
        field("course", "Course", Kind.INTEGER, plausible=("1", "200")),
        field("dose", "Dose at each intake", Kind.QUANTITY),
        field("first_dose", "First dose of the course", Kind.DATE),
        optional("last_dose", "Last dose of the course", Kind.DATE),
        optional("days_taken", "Days taken", Kind.INTEGER),
        optional("days_missed", "Days missed", Kind.INTEGER),
        optional("why_missed", "Why days were missed"),
    ),
    episodes(
        "drug_return",
        "Study drug returned",
        field("drug", "Drug"),
        field("course", "Course", Kind.INTEGER, plausible=("1", "200")),
        field("strength", "Strength of one unit", Kind.QUANTITY),
        field("capsules", "How many were returned", Kind.INTEGER, plausible=("0", "1000")),
        ON,
    ),
)

SPECIMENS = table(
    episodes(
        "specimen",
        "Specimen",
        field("specimen", "Specimen"),
        field("encounter", "Encounter"),
        ON,
        field("collected", "Collected", Kind.YES_NO),
        TIME,
        optional("place", "Where it was collected"),
        optional("reason", "Why not collected"),
        optional("stored_at", "Where it is stored"),
    ),
    episodes(
        "custody",
        "Custody of a specimen",
        field("specimen", "Specimen and visit, as it was collected"),
        field("step", "What was done", Kind.CODE, codes=" ".join(CUSTODY_STEPS)),
        ON,
        TIME,
        optional("offset", "Offset from UTC at the place, such as -06:00"),
        optional("by", "Who did it"),
        optional("place", "Where; for a shipment, where it left"),
        optional("to", "Where a shipment goes"),
        optional("position", "Freezer, shelf, box"),
        optional("temperature", "Temperature of the specimen", Kind.QUANTITY),
        optional("condition", "Condition", Kind.CODE, codes="good thawed damaged insufficient lost"),
        optional("aliquot", "Aliquot"),
        optional("tracking", "Tracking number"),
        optional("reason", "Remark"),
    ),
    episodes(
        "assay",
        "Assay result",
        field("specimen", "Specimen"),
        field("encounter", "Encounter"),
        field("assay", "Assay"),
        field("analyte", "Analyte"),
        field("value", "Value", Kind.QUANTITY),
        ON,
        optional("assayed_on", "Date of the assay", Kind.DATE),
        optional("evaluable", "Evaluable", Kind.YES_NO),
        optional("reason", "Why it is not evaluable"),
    ),
)

DEVIATIONS = table(
    episodes(
        "deviation_assessment",
        "Assessment of a deviation",
        field("deviation", "Which deviation"),
        field("important", "Important", Kind.YES_NO),
        field("words", "In words"),
        ON,
    ),
)
"""A deviation is derived; whether it is important to this trial is said by a person (ICH E3, 10.2)."""

OUTCOME = table(
    value("vital_status", "Vital status", Kind.CODE, codes="alive dead unknown"),
    episodes("death", "Death", field("on", "Date of death", Kind.DATE), optional("cause", "Cause")),
    value("progression_clinical", "Progression by clinical judgement alone", Kind.YES_NO),
    value("off_treatment_reason", "Why treatment ended", Kind.TEXT),
    value("comment", "Comment", Kind.TEXT),
)
