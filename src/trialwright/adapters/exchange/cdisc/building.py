"""The datasets, and a study at a cut-off as their rows: subject by subject, so that no row is kept once handed on.

Read `DATASETS`, then `rows_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from trialwright import __version__
from trialwright.adapters.exchange.cdisc.adae import ADAE
from trialwright.adapters.exchange.cdisc.adeff import ADEFF
from trialwright.adapters.exchange.cdisc.adex import ADEX
from trialwright.adapters.exchange.cdisc.adlb import ADLB
from trialwright.adapters.exchange.cdisc.adpr import ADPR
from trialwright.adapters.exchange.cdisc.adrs import ADRS
from trialwright.adapters.exchange.cdisc.adsl import ADSL
from trialwright.adapters.exchange.cdisc.adtte import ADTTE
from trialwright.adapters.exchange.cdisc.model import Layout, Row, Standing
from trialwright.adapters.exchange.cdisc.people import Setting, Subject, links
from trialwright.core.analysis.one_by_one import each_person, person_named, study_alone
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event
from trialwright.core.subject import StudyRecord

DATASETS: Mapping[str, Layout] = {one.name: one for one in (ADSL, ADRS, ADTTE, ADAE, ADLB, ADEX, ADPR, ADEFF)}
"""Every dataset by name, in the order of the index."""


@dataclass(frozen=True)
class Asked:
    """A trial as recorded up to a place in the ledger, to be told as of a clinical cut-off."""

    trial: Trial
    study: StudyRecord
    standing: Standing


def standing_of(trial: Trial, study: StudyRecord, last: Event | None, head: str, cut: date) -> Standing:
    """What every file says of itself; the time is that of the last event, so the same ledger gives the same bytes."""
    recorded = last.recorded.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if last and last.recorded else ""
    return Standing(
        study=trial.versions[trial.latest].protocol,
        cut=cut,
        seq=last.seq if last else 0,
        head=head,
        simulated=study.kind == "simulated",
        program=__version__,
        recorded=recorded or "1970-01-01T00:00:00",
    )


def setting_of(asked: Asked) -> Setting:
    """The study around the participants."""
    return Setting(study_alone(asked.trial, asked.study, asked.standing.cut), asked.trial.standards, asked.standing)


def subjects(asked: Asked) -> Iterator[Subject]:
    """Everyone who came to screening, one at a time."""
    setting = setting_of(asked)
    for person in each_person(asked.trial, asked.study, asked.standing.cut):
        yield Subject(person, setting)


def subject_named(asked: Asked, name: str) -> Subject | None:
    """One participant; None for an id nobody has, and for who had not come to screening by the cut-off."""
    if name not in asked.study.subjects:
        return None
    person = person_named(asked.trial, asked.study, name, asked.standing.cut)
    return Subject(person, setting_of(asked)) if person else None


def rows_of(layout: Layout, subject: Subject) -> Iterator[Row]:
    """The rows of a subject, whole: every variable of the dataset in its order, with the links of the row."""
    for row in layout.rows(subject):
        told = {**row.values, **links(row)}
        if unknown := told.keys() - dict.fromkeys(layout.names).keys():
            raise KeyError(f"{layout.name} has no variable {', '.join(sorted(unknown))}")
        row.values = {name: told.get(name) for name in layout.names}
        yield row
