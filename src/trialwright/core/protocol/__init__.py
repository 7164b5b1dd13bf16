"""The study as frozen data: what the protocol file says, clause by clause (USDM's words where it has them).

Decided here: the shape of a protocol and nothing else. A `Clause` says where a rule comes from: words of the record
(`quotes`), another source, or a question whose reading was chosen (`rests_on`). The file on disk is read by
`adapters.study`; its keys are the field names of these classes. Read `StudyProtocol`, then `Regimen` and `Encounter`.
"""

from __future__ import annotations

from trialwright.core.protocol.clause import (
    Clause,
    Question,
    RegistryFact,
)
from trialwright.core.protocol.data import (
    Concept,
    ConceptSet,
    Field,
    Kind,
    PersonQuestion,
)
from trialwright.core.protocol.design import (
    Accrual,
    Allocation,
    Arm,
    ArmType,
    Design,
    Site,
    StandardsNamed,
    Substudy,
)
from trialwright.core.protocol.endpoints import (
    READINESS,
    Endpoint,
    Objective,
    ResponseRules,
    Variable,
)
from trialwright.core.protocol.rules import (
    Continuation,
    CourseGate,
    CourseLimit,
    Criterion,
    Delay,
    DoseAction,
    DosePlan,
    DoseRule,
    Frequency,
    Hold,
    MedicationRule,
    Obligation,
    Regimen,
)
from trialwright.core.protocol.safety import (
    Consequence,
    DeviationGrade,
    EventIs,
    Population,
    Recipient,
    ReportingRule,
    ReportingTime,
    ReportKind,
    Safety,
    SafetyWindow,
    Stage,
    StoppingRule,
)
from trialwright.core.protocol.schedule import (
    CUSTODY_STEPS,
    ENCOUNTER_ANCHORS,
    Assay,
    Encounter,
    Epoch,
    Handling,
    Specimen,
    TemperatureRange,
    TimeLimit,
)
from trialwright.core.protocol.study import (
    StudyProtocol,
    clauses,
)

__all__ = [
    "CUSTODY_STEPS",
    "ENCOUNTER_ANCHORS",
    "READINESS",
    "Accrual",
    "Allocation",
    "Arm",
    "ArmType",
    "Assay",
    "Clause",
    "Concept",
    "ConceptSet",
    "Consequence",
    "Continuation",
    "CourseGate",
    "CourseLimit",
    "Criterion",
    "Delay",
    "Design",
    "DeviationGrade",
    "DoseAction",
    "DosePlan",
    "DoseRule",
    "Encounter",
    "Endpoint",
    "Epoch",
    "EventIs",
    "Field",
    "Frequency",
    "Handling",
    "Hold",
    "Kind",
    "MedicationRule",
    "Objective",
    "Obligation",
    "PersonQuestion",
    "Population",
    "Question",
    "Recipient",
    "Regimen",
    "RegistryFact",
    "ReportKind",
    "ReportingRule",
    "ReportingTime",
    "ResponseRules",
    "Safety",
    "SafetyWindow",
    "Site",
    "Specimen",
    "Stage",
    "StandardsNamed",
    "StoppingRule",
    "StudyProtocol",
    "Substudy",
    "TemperatureRange",
    "TimeLimit",
    "Variable",
    "clauses",
]
