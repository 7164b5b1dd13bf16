"""Stage groups of mycosis fungoides/Sézary syndrome, by scheme; what is not known gives every stage it can be."""

from __future__ import annotations

from itertools import product

import pytest

from builders import case, day
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.staging.mf_ss import CLASSES, ISCL_EORTC_2007, MFCG, stages


def staged(classes: str, scheme=ISCL_EORTC_2007) -> str:
    """ "T2 N0 M0 B1" -> the stages it can be, with blanks between them."""
    return " ".join(scheme({one[0]: one for one in classes.split()}))


@pytest.mark.parametrize(
    ("classes", "stage"),
    [
        ("T1 N0 M0 B0", "IA"),
        ("T1 N0 M0 B1", "IA"),
        ("T2 N0 M0 B1", "IB"),
        ("T1 N2 M0 B0", "IIA"),
        ("T2 N1 M0 B1", "IIA"),
        ("T3 N0 M0 B0", "IIB"),
        ("T3 N2 M0 B1", "IIB"),
        ("T4 N0 M0 B0", "IIIA"),
        ("T4 N2 M0 B0", "IIIA"),
        ("T4 N0 M0 B1", "IIIB"),
        ("T2 N0 M0 B2", "IVA1"),
        ("T1 N3 M0 B0", "IVA2"),
        ("T1 N3 M0 B2", "IVA2"),
        ("T4 N3 M1 B2", "IVB"),
        ("T1 N0 M1 B0", "IVB"),
        # sub-classes do not alter the stage, nor does the case of a letter
        ("T2a N0 M0 B0b", "IB"),
        ("T1b N1a M0 B1a", "IIA"),
    ],
)
def test_stage_by_iscl_eortc_2007(classes, stage):
    assert staged(classes) == stage


@pytest.mark.parametrize(
    ("classes", "possible"),
    [
        # nodes abnormal to the hand without histology are N1, N2 or N3, never N0
        ("T1 Nx M0 B0", "IIA IVA2"),
        ("T3 Nx M0 B0", "IIB IVA2"),
        ("T1 M0 B0", "IA IIA IVA2"),  # nobody looked at the nodes
        ("T2 N0 M0 Bx", "IB IVA1"),
        ("T4 N0 M0", "IIIA IIIB IVA1"),
        ("T4 N0 Mx B0", "IIIA IVB"),
        ("N0 M0 B0", "IA IB IIB IIIA"),
        ("T1 N3 M0 Bx", "IVA2"),  # the class that is not known does not matter
        ("M1", "IVB"),
        ("", "IA IB IIA IIB IIIA IIIB IVA1 IVA2 IVB"),
        ("T9 N0 M0 B0", "IA IB IIB IIIA"),  # no class: not known
    ],
)
def test_what_is_not_known_is_not_guessed(classes, possible):
    assert staged(classes) == possible


@pytest.mark.parametrize(
    ("classes", "stage"),
    [
        ("T1 N0 M0 B0", "IA"),
        ("T2 N0 M0 B1", "IB"),
        ("T1 N1 M0 B0", "IIA"),
        ("T3 N1 M0 B1", "IIB"),
        ("T4 N0 M0 B0", "III"),
        ("T4 N1 M0 B1", "III"),
        ("T1 N2 M0 B0", "IVA"),  # in this scheme N2 has histology of disease
        ("T4 N3 M0 B1", "IVA"),
        ("T1 N0 M1 B0", "IVB"),
        ("T4 N0 M0", "III"),  # blood does not alter the stage
        ("T1 Nx M0 B0", "IIA IVA"),
    ],
)
def test_stage_by_the_earlier_scheme(classes, stage):
    assert staged(classes, MFCG) == stage


@pytest.mark.parametrize("scheme", [ISCL_EORTC_2007, MFCG], ids=lambda scheme: scheme.name)
def test_every_combination_of_classes_has_exactly_one_stage(scheme):
    every = list(product(*CLASSES.values()))
    assert len(every) == 96
    assert {len(stages(scheme, dict(zip("TNMB", classes, strict=True)))) for classes in every} == {1}
    reached = {stages(scheme, dict(zip("TNMB", classes, strict=True)))[0] for classes in every}
    assert reached == {row[0] for row in scheme.rows}


@pytest.mark.parametrize("scheme", [ISCL_EORTC_2007, MFCG], ids=lambda scheme: scheme.name)
def test_not_knowing_a_class_never_rules_out_the_stage_it_would_give(scheme):
    for classes in product(*CLASSES.values()):
        known = dict(zip("TNMB", classes, strict=True))
        [stage] = stages(scheme, known)
        for axis in known:
            assert stage in stages(scheme, {name: one for name, one in known.items() if name != axis})


TNMB = {"tumor_class": "T3", "node_class": "N0", "metastasis_class": "M0", "blood_class": "B0"}


def found(stage: str, classes: dict[str, str], staged_on: str = "2025-02-20") -> list[str]:
    items = {f"{name} on 2025-02-20": value for name, value in classes.items()}
    given = case(items={**items, f"stage on {staged_on}": stage}, concepts=CONCEPTS)
    return [finding.says for finding in ISCL_EORTC_2007.findings(given, day("2025-03-03"))]


def test_a_recorded_stage_that_the_recorded_classes_cannot_be_is_a_finding():
    assert found("IIB", TNMB) == []
    assert found("IB", TNMB) == ["Stage IB was recorded; T3 N0 M0 B0 is IIB."]


@pytest.mark.parametrize(("stage", "findings"), [("IIB", 0), ("IVA1", 0), ("IA", 1)])
def test_a_stage_that_the_classes_known_can_be_is_none(stage, findings):
    assert len(found(stage, {"tumor_class": "T3", "node_class": "N0", "metastasis_class": "M0"})) == findings


def test_classes_recorded_after_the_stage_or_not_at_all_say_nothing_about_it():
    assert found("IB", TNMB, staged_on="2025-01-10") == []
    assert found("IB", {}) == []
