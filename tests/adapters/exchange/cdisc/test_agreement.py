"""What is counted from the datasets is what the report's analysis says, for every study, at several cut-offs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from trialwright.adapters.exchange.cdisc import DATASETS, rows_of, subjects
from trialwright.adapters.exchange.cdisc.adtte import param_codes
from trialwright.adapters.reports.analysis import Analysis, analyse
from trialwright.core.analysis import gather
from trialwright.core.estimation import kaplan_meier
from trialwright.core.protocol import Variable

Rows = list[dict[str, object]]


@pytest.fixture(scope="module", params=range(4), ids=("before", "early", "middle", "end"))
def both(request, rehearsed) -> tuple[dict[str, Rows], Analysis]:
    """The datasets and the analysis of one cut-off."""
    cut = rehearsed.cuts[request.param]
    found: dict[str, Rows] = {name: [] for name in DATASETS}
    for subject in subjects(rehearsed.asked(cut)):
        for name, layout in DATASETS.items():
            found[name] += [row.values for row in rows_of(layout, subject)]
    return found, analyse(gather(rehearsed.trial, rehearsed.study, cut))


def flagged(rows: Rows, name: str) -> int:
    return sum(row[name] == "Y" for row in rows)


def of(rows: Rows, **wanted: object) -> Iterator[dict[str, object]]:
    return (row for row in rows if all(row[name] == told for name, told in wanted.items()))


def test_the_populations_are_the_same_numbers(both):
    rows, told = both
    flow, adsl = told.flow, rows["ADSL"]
    assert len(adsl) == flow.screened
    counted = [flagged(adsl, name) for name in ("ENRLFL", "SAFFL", "EVALFL", "SCRFFL")]
    assert counted == [flow.registered, flow.treated, flow.evaluable, flow.failed]
    assert flagged(adsl, "DTHFL") == len(told.safety.deaths)
    arms = Counter(str(row["TRT01P"]) for row in of(adsl, ENRLFL="Y"))
    columns = {column.label: column.registered for column in flow.columns if column.registered}
    assert list(columns.values()) == [flow.registered] if len(columns) == 1 else columns == arms


def test_responders_are_the_same_numbers_on_every_denominator(both):
    rows, told = both
    if told.response is None:
        assert rows["ADRS"] == []
        return
    for population, name in (("registered", "ENRLFL"), ("treated", "SAFFL"), ("evaluable", "EVALFL")):
        rate = told.response.rate(population)
        members = {row["USUBJID"] for row in of(rows["ADSL"], **{name: "Y"})}
        responders = {row["USUBJID"] for row in of(rows["ADRS"], PARAMCD="CRSP", AVALC="Y")} & members
        assert (len(responders), len(members)) == (rate.successes, rate.n)
    best = told.response.best[-1]
    for parameter, counts in (("BOR", best.seen), ("CBOR", best.confirmed)):
        mine = Counter(str(row["AVALC"]) for row in of(rows["ADRS"], PARAMCD=parameter))
        assert mine == {one.name: n for one, n in counts.items() if n}


def test_events_and_medians_of_each_time_are_the_same(both):
    rows, told = both
    codes = param_codes(told.gathered)
    compared = 0
    for time in told.times:
        mine = list(of(rows["ADTTE"], PARAMCD=codes[time.endpoint.id]))
        assert (len(mine), sum(row["CNSR"] == 0 for row in mine)) == (time.n, time.events)
        if len(time.curves) == 1:
            curve = kaplan_meier([row["AVALMO"] for row in mine], [row["CNSR"] == 0 for row in mine])
            assert curve.median() == time.curves[0].median
        for variant in time.variants:
            mine = list(of(rows["ADTTE"], PARAMCD=codes[variant.endpoint.id]))
            times = [one for _, one in variant.members]
            assert (len(mine), sum(row["CNSR"] == 0 for row in mine)) == (len(times), sum(one.event for one in times))
            assert sorted(row["AVAL"] for row in mine) == sorted(one.days for one in times)
        compared += 1
    assert compared == len(told.gathered.endpoints(Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE))
    others = {row["PARAMCD"] for row in rows["ADTTE"]} - {codes[time.endpoint.id] for time in told.times}
    assert {row["PARCAT1"] for row in rows["ADTTE"] if row["PARAMCD"] in others} <= {"VARIANT"}


def test_worst_grades_counted_from_the_rows_are_those_of_the_report(both):
    """The worst known grade of the rows that emerged; not known where a row may be worse than that."""
    rows, told = both
    grades: dict[tuple[object, object], list[dict[str, object]]] = defaultdict(list)
    present = told.gathered.protocol.standards.toxicity or ""
    for row in of(rows["ADAE"], SAFFL="Y"):
        known = str(row["AEGRSTD"]).lower().replace(" ", "/") == present
        term = row["AEDECOD"] if known else f"{row['AEDECOD']} ({row['AEGRSTD']})"
        grades[term, row["USUBJID"]].append(row)
    mine: dict[object, Counter[int | None]] = defaultdict(Counter)
    for (term, _), ones in grades.items():
        worst = max((row["ATOXGRN"] or 0 for row in of(ones, TRTEMFL="Y")), default=0)
        highest = max((row["ATOXGRHI"] for row in ones if row["TRTEMFL"] in ("Y", "U")), default=0)
        if highest:
            mine[term][worst if highest == worst else None] += 1
    theirs: dict[object, Counter[int | None]] = {}
    for one in told.safety.rows:
        if one.group == told.gathered.groups_and_all[-1].label:
            theirs[one.term] = Counter({**one.grades, None: one.unknown})
    assert {term: +counts for term, counts in mine.items()} == {term: +counts for term, counts in theirs.items()}
    flags = Counter(row["USUBJID"] for row in of(rows["ADAE"], AOCCIFL="Y"))
    assert set(flags.values()) <= {1}


def test_dose_changes_are_the_same_rows(both):
    rows, told = both
    mine = Counter((row["SUBJID"], row["CLAUSE"], row["ASTDT"]) for row in of(rows["ADEX"], PARAMCD="DOSECHG"))
    assert mine == Counter((one.subject, one.clause, one.on) for one in told.doses.changes)


def test_values_of_the_endpoints_are_those_the_report_sums_up(both):
    rows, told = both
    mine = {
        (row["SUBJID"], row["AVISIT"], row["PARAM"]): row["AVAL"] for row in rows["ADEFF"] if row["AVAL"] is not None
    }
    theirs = Counter(person.subject for person in told.gathered.people for _ in person.values)
    assert Counter(subject for subject, _, _ in mine) == theirs
