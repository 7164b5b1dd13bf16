"""The pack of a data-monitoring committee: the same numbers at an interim cut-off, with what it is asked to decide.

Where a trial has several arms there are two parts. The open part takes all participants together and has neither
efficacy nor anything told by drug, arm or clause; the closed part has it all by arm and is for the committee alone.
Read PACK, then OPEN.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.gaps import gaps
from trialwright.adapters.reports.document import Paragraph, Section, Signature, Table
from trialwright.adapters.reports.sections.limiting import gap_table
from trialwright.adapters.reports.sections.participants import four_numbers
from trialwright.adapters.reports.sections.proportions import short_words
from trialwright.adapters.reports.sections.responses import all_rate_words
from trialwright.adapters.reports.sections.running import deviation_words
from trialwright.adapters.reports.sections.safety import safety_words
from trialwright.adapters.reports.text import counted, listed, sentence, share
from trialwright.adapters.reports.tied import Number, References, Tied, tell
from trialwright.core.monitoring import StageAnswer, StoppingAnswer

CHAIR = Signature(
    "Chair of the data-monitoring committee",
    "The committee has read this pack and recommends as marked in the last chapter.",
)
CHOICES = (
    "☐ Continue as planned",
    "☐ Continue with the changes named below",
    "☐ Suspend accrual until the questions below are answered",
    "☐ Stop the trial",
)
REASONS = "Reasons, changes and questions of the committee:"
NO_RULE = "The protocol names neither a stopping rule nor a gate between stages; none is assumed."
SIGNS = {
    "crossed": "✕ crossed",
    "may be crossed": "? may be crossed",
    "open": "… open",
    "can no longer be crossed": "✓ can no longer be crossed",
    "continue": "✓ continue",
    "stop": "✕ stop",
    "wait": "? wait",
}


def summary_section(analysis: Analysis) -> Section:
    """What a member reads first: participants, safety, response, conduct, each in a sentence."""
    told = analysis.safety
    sentences = [four_numbers(analysis), safety_words(analysis, told, bool(told.endpoint or told.standard))]
    sentences += [*all_rate_words(analysis), *(short_words(analysis, one) for one in analysis.proportions)]
    sentences.append(deviation_words(analysis))
    return Section("summary", "In short", tuple(Paragraph(one) for one in sentences))


def rule_section(analysis: Analysis) -> Section:
    """Every stopping rule and every gate as it stands."""
    now = analysis.gathered.monitored
    if now is None or not (now.stopping or now.stages):
        return Section("rules", "Stopping rules and gates", (Paragraph(NO_RULE),))
    blocks = (Paragraph(_rule_words(analysis)), _stopping_table(now.stopping), _stage_table(now.stages))
    return Section("rules", "Stopping rules and gates", blocks)


def recommendation_section(analysis: Analysis) -> Section:
    """What the committee may recommend, to be marked and signed on paper."""
    blocks = (*(Paragraph(one) for one in CHOICES), Paragraph(REASONS, "notice"))
    return Section("recommendation", "Recommendation of the committee", blocks)


def _rule_words(analysis: Analysis) -> Tied:
    now = analysis.gathered.monitored
    halting = [one for one in now.stopping if one.halts] if now else []
    gates = [one for one in now.stages if one.halts] if now else []
    ref = References({"halting": [*halting, *gates], "gathered": analysis.gathered})
    return tell(
        "{rules} and {gates}; {halting} keep further participants from being registered at the cut-off.",
        rules=ref("gathered.monitored.stopping.count", lambda n: counted(n, "stopping rule"), "stopping"),
        gates=ref("gathered.monitored.stages.count", lambda n: counted(n, "gate"), "stages"),
        halting=ref("halting.count", str, "stopping"),
    )


def _stopping_table(rules: Iterable[StoppingAnswer]) -> Table:
    rows = tuple(
        (
            sentence(one.label),
            one.limit,
            f"{len(one.counted)} of {one.of}",
            _named(one.unknown),
            str(one.most),
            SIGNS.get(one.state, one.state),
            one.decision,
        )
        for one in rules
    )
    headings = ("Rule", "Limit", "Counted", "Not known for", "At most ever", "State", "So")
    return Table("stopping", "Stopping rules", headings, rows, "llrlrll", empty="The protocol names no stopping rule.")


def _stage_table(gates: Iterable[StageAnswer]) -> Table:
    rows = tuple(
        (
            one.stage,
            f"more than {one.more_than} of the first {one.after}",
            f"{len(one.successes)} of {one.of}",
            _named(one.waiting),
            f"{one.least} to {one.most}",
            SIGNS.get(one.decision, one.decision),
            sentence(one.says),
        )
        for one in gates
    )
    headings = ("Gate", "Goes on with", "Successes so far", "Waits for", "Can become", "State", "In words")
    return Table("stages", "Gates between stages", headings, rows, "llrlrll", empty="The protocol has no gate.")


def _named(subjects: tuple[str, ...]) -> str:
    return listed(subjects, "nobody")


# ---- accrual ------------------------------------------------------------------------------------------------------


def accrual_section(analysis: Analysis) -> Section:
    """How many were registered at each site, against what is planned."""
    return Section("accrual", "Accrual by site", (Paragraph(_accrual_words(analysis)), _site_table(analysis)))


def _accrual_words(analysis: Analysis) -> Tied:
    ref = References(analysis)
    table = "participant-flow"

    def shown(path: str, row: str) -> Number:
        return ref(path, str, table, (row,), group="All")

    return tell(
        "{registered} of {planned} planned participants were registered by the cut-off, {treated} treated.",
        registered=shown("flow.registered", "Registered"),
        planned=shown("flow.planned", "Planned"),
        treated=shown("flow.treated", "Treated"),
    )


def _site_table(analysis: Analysis) -> Table:
    rows = tuple(
        (one.site, one.name, str(one.screened), str(one.registered), str(one.treated)) for one in analysis.places.sites
    )
    headings = ("Site", "Name", "Screened", "Registered", "Treated")
    return Table("accrual-by-site", "Accrual by site", headings, rows, "llrrr")


# ---- the open part ------------------------------------------------------------------------------------------------


def open_conduct_section(analysis: Analysis) -> Section:
    """Deviations by kind and missing data, without a clause, a drug or a participant."""
    found, who = Counter[str](), defaultdict(set)
    for one in analysis.conduct.deviations:
        found[one.kind] += 1
        who[one.kind].add(one.subject)
    major = Counter(one.kind for one in analysis.conduct.major)
    rows = tuple(
        (sentence(kind), str(count), str(len(who[kind])), str(major[kind])) for kind, count in sorted(found.items())
    )
    headings = ("Kind", "Deviations", "Participants", "Major")
    empty = "No deviation was found by the cut-off."
    kinds = Table("deviations-by-kind", "Deviations by kind", headings, rows, "lrrr", empty=empty)
    return Section("conduct", "Conduct", (Paragraph(_open_words(analysis)), kinds, gap_table(gaps(analysis))))


def _open_words(analysis: Analysis) -> Tied:
    ref = References(analysis)
    return tell(
        "{deviations}, {major} of them major, in all arms together.",
        deviations=ref("conduct.deviations.count", lambda n: counted(n, "deviation"), "deviations-by-kind"),
        major=ref("conduct.major.count", str, "deviations-by-kind"),
    )


def open_safety_section(analysis: Analysis) -> Section:
    """How many were treated and how many died, all arms together; what and why stands in the closed part."""
    told = analysis.safety
    rows = [
        ("Treated", str(analysis.flow.treated)),
        ("Deaths", str(len(told.deaths))),
        ("Deaths under treatment or in the safety time after it", str(told.early_deaths)),
    ]
    for one in told.any_term if told.endpoint or told.standard else ():
        name = sentence(one.term)
        rows += [(name, share(one.any_grade, one.n)), (f"{name}, grade 3 or more", share(one.severe, one.n))]
    table = Table("open-safety", "Safety of all arms together", ("What", "Participants"), tuple(rows), "lr")
    ref = References(analysis)
    words = tell(
        "{treated} treated, {deaths} dead; terms, grades and causes are told in the closed part.",
        treated=ref("flow.treated", str, "open-safety", ("Treated",), "Participants"),
        deaths=ref("safety.deaths.count", str, "open-safety", ("Deaths",), "Participants"),
    )
    return Section("safety", "Safety", (Paragraph(words), table))


def notices_of(part: str) -> tuple[str, ...]:
    """Who may read a part."""
    return {
        "open": ("Open part: all arms together, without efficacy. It may be shown to sponsor and investigators.",),
        "closed": ("Closed part: by arm. For the members of the data-monitoring committee alone; do not pass on.",),
    }.get(part, ())
