"""The record against the trial: what was promised, what was done, whether it was kept, and where it is shown."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.promises import Promise, Promises, promises
from trialwright.adapters.reports.document import Paragraph, Section, Table
from trialwright.adapters.reports.text import counted, day, sentence
from trialwright.adapters.reports.tied import Link, References, Tied, label, tell
from trialwright.core.registration import RecordLife, Update
from trialwright.core.terms import Verdict

TABLE = "promised"
UPDATES = "registry-updates"
LATE = {Verdict.MET: "✕ late", Verdict.NOT_MET: "… not yet late", Verdict.UNKNOWN: "? cannot be told"}
SIGNS = {
    "as promised": "✓ as promised",
    "otherwise": "✕ otherwise",
    "not yet": "… not yet",
    "cannot be told": "? not known",
}


def promise_section(analysis: Analysis) -> Section:
    """Each promise of the record beside what was done."""
    told = promises(analysis, analysis.places)
    return Section("promised", "What the record promised and what was done", (Paragraph(_words(told)), _table(told)))


def registry_section(analysis: Analysis) -> Section | None:
    """What the posted record says otherwise than the trial stands, and by when it is to be told."""
    life, updates = analysis.gathered.life, analysis.gathered.updates
    if life is None:
        return None
    table = Table(
        UPDATES,
        "What the registry is to be told",
        ("Field", "The record says", "It should say", "Since", "Due by", "Why and by which rule"),
        tuple(_update_row(one) for one in updates),
        "llllll",
        empty="Nothing: the posted record says what the trial is.",
    )
    return Section("registry", "The posted record", (Paragraph(_life_words(life, updates)), table))


def _life_words(life: RecordLife, updates: tuple[Update, ...]) -> Tied:
    ref = References({"life": life, "updates": updates, "late": [one for one in updates if one.late is Verdict.MET]})
    return tell(
        "By what the ledger holds the study is {status}; the registry is to be told {updates}, {late} of them late.",
        status=label(life.status.status.value.lower().replace("_", " "), "recruitment status"),
        updates=ref("updates.count", lambda n: counted(n, "thing"), UPDATES),
        late=ref("late.count", str, UPDATES),
    )


def _update_row(one: Update) -> tuple[str, ...]:
    due = f"{day(one.due)} ({LATE[one.late]})" if one.due else "no day set"
    return (
        one.field,
        sentence(one.says),
        sentence(one.should_say),
        day(one.since),
        due,
        f"{sentence(one.because)} ({one.source})",
    )


def _words(told: Promises) -> Tied:
    ref = References(told)
    return tell(
        "Of {all} promises of the record, {kept} were done as promised, {otherwise} otherwise, {open} are not done by "
        "the cut-off, and of {untold} it cannot be told.",
        all=ref("rows.count", str, TABLE),
        kept=ref("as_promised.count", str, TABLE),
        otherwise=ref("otherwise.count", str, TABLE),
        open=ref("not_yet.count", str, TABLE),
        untold=ref("untold.count", str, TABLE),
    )


def _table(told: Promises) -> Table:
    return Table(
        TABLE,
        "Promised and done",
        ("What", "Promised", "Done by the cut-off", "Kept", "Where"),
        tuple(_row(one) for one in told.rows),
        "lllll",
    )


def _row(one: Promise) -> tuple[str, ...]:
    where = Tied([Link("see there", one.section)]) if one.section else "not shown"
    return sentence(one.what), one.promised, one.done, SIGNS[one.kept], where
