"""What the record promised beside what was done: kept, otherwise, not yet, or not known, and never more than that."""

from datetime import date

import pytest
import small_trial as t

from trialwright.adapters.reports.analysis.gaps import gaps, rests
from trialwright.adapters.reports.analysis.promises import promises
from trialwright.core.protocol import RegistryFact


def facts(**values: str) -> tuple[RegistryFact, ...]:
    """Fields of the record by the end of their path, "__" standing for a stop."""
    return tuple(
        RegistryFact(id=name, source="label", field=name.replace("__", "."), value=v) for name, v in values.items()
    )


def told(what: str, cut: date = t.CUT, people=None, **parts) -> tuple[str, str]:
    """What was done and whether it was kept, of the promise of this name."""
    analysis = t.analysis(people, cut, t.protocol(**parts))
    return next((one.done, one.kept) for one in promises(analysis, analysis.places).rows if one.what == what)


@pytest.mark.parametrize(("planned", "kept"), [(5, "not yet"), (4, "as promised"), (3, "otherwise")])
def test_accrual_is_kept_by_the_number_planned_and_no_other(planned, kept) -> None:
    """Four of the small trial are registered."""
    protocol = t.protocol()
    design = {
        "id": "design",
        "source": "label",
        "sites": [
            {"id": s.id, "name": s.name, "time_zone": s.time_zone, "source": "label"} for s in protocol.design.sites
        ],
    }
    design["accrual"] = {"id": "accrual", "planned": planned, "source": "label"}
    assert told("Accrual", design=design) == ("4 registered", kept)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2025-01", "as promised"),
        ("2025", "as promised"),
        ("2025-01-01", "as promised"),
        ("2025-01-02", "otherwise"),
        ("2024-12", "otherwise"),
    ],
)
def test_the_start_is_held_against_the_record_at_its_own_precision(said, kept) -> None:
    assert told("Start", facts=facts(startDateStruct__date=said)) == ("first registered on 1 Jan 2025", kept)


def test_before_anybody_is_registered_nothing_is_kept_and_nothing_broken() -> None:
    analysis = t.analysis({}, date(2004, 1, 1), t.protocol(facts=facts(startDateStruct__date="2025-01")))
    rows = promises(analysis, analysis.places).rows
    assert {one.kept for one in rows} <= {"not yet", "cannot be told"}
    assert not promises(analysis, analysis.places).as_promised


@pytest.mark.parametrize("said", ["soon", "2025-13"])
def test_a_date_of_the_record_that_is_none_is_told_as_it_stands(said) -> None:
    analysis = t.analysis(version=t.protocol(facts=facts(startDateStruct__date=said)))
    row = next(one for one in promises(analysis, analysis.places).rows if one.what == "Start")
    assert (row.promised, row.kept) == (said, "otherwise")


def test_every_outcome_the_record_has_words_for_is_a_promise_with_the_section_that_shows_it() -> None:
    """Progression-free survival is the protocol's own here, so nobody promised it."""
    quoted = {**t.RESPONSE, "quotes": ["Response rate"]}
    analysis = t.analysis(version=t.protocol(endpoints=[quoted, t.PFS]))
    outcomes = {one.what: one.section for one in promises(analysis, analysis.places).rows if "outcome" in one.what}
    assert outcomes == {"Primary outcome: response rate": "response"}


def test_gaps_are_counted_out_of_what_there_should_be() -> None:
    """P-1 to P-3 have three, one and one scans; every one of them could be evaluated."""
    found = {one.what: (one.count, one.of) for one in gaps(t.analysis())}
    assert found["Assessments of the disease that could not be evaluated"] == (0, 5)
    assert found["Entries with an open query"][0] == 0


def test_a_question_is_told_with_what_rests_on_it() -> None:
    endpoint = {**t.RESPONSE, "rests_on": ["Q1"]}
    (only,) = rests(t.protocol(endpoints=[endpoint]))
    assert (only.question.id, only.endpoints, only.clauses) == ("Q1", ("response rate",), 0)
