"""Published against rehearsed: what was published of this trial beside what the ledger gives."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.comparison import Compared, compared
from trialwright.adapters.reports.document import Paragraph, Section, Table
from trialwright.adapters.reports.text import sentence

HOW = {
    "calibrated": "Calibrated: the rehearsal was made to meet it",
    "follows": "Follows from the rules",
    "cannot agree": "Cannot agree",
}


def comparison_section(analysis: Analysis) -> Section | None:
    """Where anything was published."""
    rows = compared(analysis.gathered.published, analysis)
    if not rows:
        return None
    simulated = analysis.gathered.simulated
    table = Table(
        "published-against-rehearsed",
        "Published against rehearsed" if simulated else "Published against this ledger",
        ("Result", "Published", "Ours", "How ours came", "Why", "Source"),
        tuple(_row(one) for one in rows),
        "llllll",
    )
    words = (
        "A row that was calibrated agrees by construction and proves nothing. A row that follows was given by the "
        "rules and the natural course assumed; a row that cannot agree says why."
    )
    title = table.title
    return Section("published", title, (Paragraph(words), table))


def _row(one: Compared) -> tuple[str, ...]:
    how = HOW.get(one.how, sentence(one.how))
    return sentence(one.label), one.published, one.ours, how, sentence(one.why), one.source
