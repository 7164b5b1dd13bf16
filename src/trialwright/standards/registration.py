"""The limits of the US registry law as data: when ClinicalTrials.gov must be told what.

FDAAA_801 has them: 42 CFR 11 (the rule in force since 2017-01-18) and the statute it carries out, 42 U.S.C. 282(j). A
limit that came with the rule binds studies that started on or after that day. Whether the law binds a study at all is
`applicable`. Another registry's law is another `RegistryLimits`. Read `FDAAA_801`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from trialwright.core.registration import RegistryLimit, RegistryLimits
from trialwright.core.terms import Duration, Verdict, all_of, any_of

STATUTE_IN_FORCE = date(2007, 12, 26)
"""90 days after FDAAA was enacted (2007-09-27): it binds studies that were ongoing then, 42 U.S.C. 282(j)(2)(C)."""
RULE_IN_FORCE = date(2017, 1, 18)
UPDATES = "42 CFR 11.64(a)(1)(ii)"
DAYS_30 = Duration(30, "days")

FDAAA_801 = RegistryLimits(
    name="FDAAA 801 and 42 CFR 11",
    in_force=STATUTE_IN_FORCE,
    by={
        "registration": RegistryLimit(Duration(21, "days"), "the first subject is enrolled", "42 CFR 11.24(a)"),
        "overall status": RegistryLimit(DAYS_30, "the status changed", f"{UPDATES}; 42 U.S.C. 282(j)(4)(C)"),
        "site status": RegistryLimit(DAYS_30, "the status of the place changed", UPDATES, RULE_IN_FORCE),
        "start date": RegistryLimit(DAYS_30, "the first subject is enrolled", UPDATES, RULE_IN_FORCE),
        "primary completion date": RegistryLimit(DAYS_30, "it is reached", f"{UPDATES}; 42 U.S.C. 282(j)(4)(C)"),
        "completion date": RegistryLimit(DAYS_30, "it is reached", UPDATES, RULE_IN_FORCE),
        "enrollment": RegistryLimit(DAYS_30, "the primary completion date is reached", UPDATES, RULE_IN_FORCE),
        "verification": RegistryLimit(
            Duration(12, "months"), "the record is verified every 12 months at least", "42 CFR 11.64(a)(1)(i)-(ii)"
        ),
        "amendment": RegistryLimit(DAYS_30, "the amendment is approved", "42 CFR 11.64(a)(1)", RULE_IN_FORCE),
        "results": RegistryLimit(
            Duration(1, "years"),
            "the primary completion date",
            "42 CFR 11.44(a); of a date before 2017-01-18 where the product is approved, 11.42",
        ),
        "results after certification": RegistryLimit(
            Duration(2, "years"), "the certification of delay was submitted", "42 CFR 11.44(b)-(c)"
        ),
        "unknown status": RegistryLimit(
            Duration(2, "years"),
            "the record was last verified, where its completion date has passed",
            "ClinicalTrials.gov, recruitment status: unknown",
        ),
    },
)
"""The limits for ClinicalTrials.gov."""

_EXEMPT_PHASES = ("PHASE1", "EARLY_PHASE1")


def applicable(
    study_type: str | None,
    phases: Collection[str] | None,
    purpose: str | None,
    regulated: Verdict,
    in_the_us: Verdict,
    export: Verdict = Verdict.UNKNOWN,
) -> tuple[Verdict, str]:
    """Whether it is an applicable clinical trial (42 CFR 11.22(b)), and what decides it; unknown where nobody says.

    An interventional study beyond phase 1, of a product the FDA regulates, at a place in the USA or of an exported one.

    >>> applicable("OBSERVATIONAL", None, None, Verdict.MET, Verdict.MET)[1]
    'not interventional'
    """
    early = None if phases is None else set(phases) <= set(_EXEMPT_PHASES) and bool(phases)
    asked = {
        ("not interventional", "it is interventional"): Verdict.of(
            None if study_type is None else study_type == "INTERVENTIONAL"
        ),
        ("of phase 1", "it is beyond phase 1"): ~Verdict.of(early),
        ("of device feasibility", "it is of device feasibility"): Verdict.of(purpose != "DEVICE_FEASIBILITY"),
        ("of no product that the FDA regulates", "the FDA regulates its product"): regulated,
        ("neither in the USA nor of a product exported from there", "it has to do with the USA"): any_of(
            (in_the_us, export)
        ),
    }
    verdict = all_of(asked.values())
    no = [words for (words, _), one in asked.items() if one is Verdict.NOT_MET]
    open_ = [words for (_, words), one in asked.items() if one is Verdict.UNKNOWN]
    told = {Verdict.MET: "an applicable clinical trial", Verdict.UNKNOWN: f"nobody says whether {' and '.join(open_)}"}
    return verdict, told.get(verdict) or "; ".join(no)
