"""The disease and how it is assessed: stage and its parts, index lesions, skin involvement, each assessment.

Stage order: IA, IB, IIA, IIB, III, IIIA, IIIB, IVA, IVA1, IVA2, IVB (earlier and present schemes together). The
0-8 scores and the two diameters of an index lesion are what a physician types; the size score, the sum and the
response are reckoned by the response instrument the protocol names. A node or visceral lesion keeps its name.
"""

from __future__ import annotations

from trialwright.core.protocol import Concept, Field, Kind
from trialwright.standards.concepts.making import ON, episodes, field, optional, question, table, value

STAGES = "IA IB IIA IIB III IIIA IIIB IVA IVA1 IVA2 IVB"
STATES = "cleared not_assessed not_measurable ulcerated excised irradiated biopsied"
REGIONS = "head neck anterior_trunk posterior_trunk buttocks genitalia upper_arms forearms hands thighs lower_legs feet"


def _score(name: str, label: str) -> Field:
    return field(name, f"{label}, 0 to 8", Kind.INTEGER, plausible=("0", "8"))


def _size(name: str, label: str) -> Field:
    return field(name, label, Kind.QUANTITY, unit="cm", plausible=("0", "60"))


def _share(name: str) -> Field:
    label = f"{name.capitalize()}, % of body surface"
    return field(name, label, Kind.QUANTITY, unit="%", plausible=("0", "100"), possible=("0", "100"))


STAGING = table(
    value("stage", "Stage", Kind.CODE, codes=STAGES, ordered=True),
    value("stage_scheme", "Scheme of staging", Kind.TEXT),
    value("tumor_class", "T: skin", Kind.CODE, codes="T1 T1a T1b T2 T2a T2b T3 T4"),
    value("node_class", "N: nodes", Kind.CODE, codes="N0 N1 N1a N1b N2 N2a N2b N3 Nx"),
    value("metastasis_class", "M: viscera", Kind.CODE, codes="M0 M1 Mx"),
    value("blood_class", "B: blood", Kind.CODE, codes="B0 B0a B0b B1 B1a B1b B2 Bx"),
    question("erythroderma", "Is the patient erythrodermic?"),
)

INDEX_LESION: Concept = episodes(
    "index_lesion",
    "Index lesion",
    field("lesion", "Lesion"),
    _score("erythema", "Erythema"),
    _score("scaling", "Scaling"),
    _score("elevation", "Plaque elevation"),
    _score("pigmentation", "Hypo- or hyperpigmentation"),
    _size("longest", "Longest diameter"),
    _size("perpendicular", "Longest diameter at a right angle to it"),
    optional("state", "Why it cannot be scored as at baseline", Kind.CODE, codes=STATES),
    ON,
)

ASSESSMENTS = table(
    INDEX_LESION,
    episodes(
        "skin_region",
        "Skin involvement of one region",
        field("region", "Region", Kind.CODE, codes=REGIONS),
        _share("patch"),
        _share("plaque"),
        _share("tumor"),
        ON,
    ),
    episodes(
        "disease_assessment",
        "Disease assessment",
        ON,
        field("new_tumor", "New tumor of the skin", Kind.YES_NO),
        field("new_node", "New abnormal node", Kind.YES_NO),
        field("node_progression", "Progression of an abnormal node", Kind.YES_NO),
        field("new_visceral", "New visceral site", Kind.YES_NO),
        optional("flare_suspected", "Flare suspected", Kind.YES_NO),
        optional("complete", "All planned assessments done", Kind.YES_NO),
    ),
    episodes(
        "node_measurement",
        "Measurement of one lymph node",
        field("node", "Node"),
        _size("longest", "Longest diameter"),
        _size("perpendicular", "Longest diameter at a right angle to it"),
        optional("histology", "Biopsy of this node at this visit", Kind.CODE, codes="benign N1 N2 N3"),
        ON,
    ),
    episodes(
        "visceral_lesion",
        "Measurement of one visceral lesion",
        field("lesion", "Lesion"),
        field("organ", "Organ"),
        _size("longest", "Longest diameter"),
        _size("perpendicular", "Longest diameter at a right angle to it"),
        optional("histology", "Biopsy of this lesion at this visit", Kind.CODE, codes="benign involved"),
        ON,
    ),
    episodes(
        "compartment_assessment",
        "Nodes and viscera at one visit",
        ON,
        field("nodes", "Lymph nodes", Kind.CODE, codes="none_abnormal measured not_done"),
        field("viscera", "Viscera", Kind.CODE, codes="not_involved measured not_done"),
        optional("organ_size", "Liver and spleen", Kind.CODE, codes="normal enlarged increased"),
    ),
    question("blood_clone", "Is there a clone in the blood that is also in the skin?"),
)
