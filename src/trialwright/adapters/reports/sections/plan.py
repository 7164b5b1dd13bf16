"""Introduction, objectives and the plan: why, what for and how the trial was done, in the words of record and protocol.

    introduction  what the record says of the trial        selection   the criteria
    objectives    with the endpoints that answer them      treatment   the regimen and the rules that change a dose
    design        the facts of the design                  endpoints   each with what it rests on
    methods       how each number was reckoned, with its source            changes     between the protocol's versions

Nothing here depends on the participants.
"""

from __future__ import annotations

from collections.abc import Iterable

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import code_words, day, listed, sentence
from trialwright.adapters.reports.tied import Quote, References, Tied, joined, tell
from trialwright.core.endpoints.times import DAYS_PER_MONTH
from trialwright.core.protocol import (
    Criterion,
    DoseAction,
    DosePlan,
    Endpoint,
    Regimen,
    RegistryFact,
    StudyProtocol,
    Variable,
)

NARRATIVE = ("briefSummary", "detailedDescription")
"""The fields of the record that say why and what for."""
DESIGN = (
    ("designModule.phases", "Phase"),
    ("designModule.studyType", "Type"),
    ("designInfo.allocation", "Allocation"),
    ("designInfo.interventionModel", "Model"),
    ("maskingInfo.masking", "Masking"),
    ("maskingInfo.whoMasked", "Masked"),
    ("designInfo.primaryPurpose", "Purpose"),
    ("conditionsModule.conditions", "Condition"),
)
CODES = {"NA": "not applicable", "NONE": "none"}


def plan_sections(analysis: Analysis) -> Iterable[Section]:
    """Everything the protocol planned."""
    protocol = analysis.gathered.protocol
    yield Section("design", "Design", (Paragraph(_planned(analysis)), _design_table(protocol)))
    yield Section("selection", "Selection of participants", (_criteria_table(protocol),))
    yield Section("treatment", "Treatments", tuple(_treatments(protocol)))
    yield Section("endpoints", "Endpoints", (_endpoint_table(protocol),))
    yield Section("methods", "Statistical methods", (_method_table(analysis),))


def introduction_section(analysis: Analysis) -> Section:
    """What the record says of the trial, in its own words."""
    protocol = analysis.gathered.protocol
    quoted = [one for one in protocol.facts if any(part in one.field for part in NARRATIVE)]
    told: list[Block] = [Paragraph(_quoted(one)) for one in quoted]
    if not told:
        told = [Paragraph("The record says nothing of why the trial was done.", "note")]
    author = "To be completed by the author: what was known before, and why the trial was justified."
    return Section("introduction", "Introduction", (*told, Paragraph(author, "notice")))


def _quoted(one: RegistryFact) -> Tied:
    said = one.quotes or (str(one.value),)
    return tell("The record says: {words}", words=joined([Quote(words, one.id) for words in said]))


def objective_section(analysis: Analysis) -> Section:
    """The objectives, with the endpoints that answer them."""
    protocol = analysis.gathered.protocol
    labels = {one.id: one.label for one in protocol.endpoints}
    rows = tuple(
        (
            sentence(one.level),
            " ".join(one.quotes) or one.words,
            listed([labels.get(each, each) for each in one.endpoints]),
        )
        for one in protocol.objectives
    )
    table = Table(
        "objectives",
        "Objectives and the endpoints that answer them",
        ("Level", "Objective, in the record's words", "Endpoints"),
        rows,
        "lll",
        empty="The record states no objective; the outcomes stand under the endpoints.",
    )
    return Section("objectives", "Objectives", (table,))


# ---- the design ---------------------------------------------------------------------------------------------------


def _planned(analysis: Analysis) -> Tied:
    ref = References(analysis)
    path = "gathered.protocol"
    return tell(
        "{planned} participants planned, {arms}, {sites}.",
        planned=ref("flow.planned", str, "participant-flow", ("Planned",), group="All"),
        arms=ref(f"{path}.arms.count", lambda n: f"{n} arm{'' if n == 1 else 's'}", "design"),
        sites=ref(f"{path}.design.sites.count", lambda n: f"{n} site{'' if n == 1 else 's'}", "sites"),
    )


def _design_table(protocol: StudyProtocol) -> Table:
    rows = [(heading, fact_words(protocol, field)) for field, heading in DESIGN]
    rows += [(f"Arm: {one.label}", f"{one.type.value}, share {one.ratio} in the allocation") for one in protocol.arms]
    if (allocation := protocol.design.allocation) is not None:
        where = " within each site" if allocation.by_site else ""
        hidden = "concealed" if allocation.concealed else "not concealed"
        rows.append(("Allocation list", f"permuted blocks of {allocation.block_size}{where}, {hidden}"))
    rows += [
        (f"Gate {one.id}", f"{one.words}: after {one.after}, more than {one.continue_if_more_than}")
        for one in protocol.design.stages
    ]
    rows += [
        (f"Sub-study: {one.label}", f"at {listed(list(one.sites))}, {one.target} to {one.offered_until} participants")
        for one in protocol.design.substudies
    ]
    named = protocol.standards
    standards = (("Toxicity", named.toxicity), ("Response", named.response), ("Staging", named.staging))
    rows += [(f"{what} by", code) for what, code in standards if code]
    return Table("design", "Design", ("What", "As planned"), tuple((a, b) for a, b in rows if b), "ll")


def fact_words(protocol: StudyProtocol, field: str) -> str:
    """A field of the record in words; nothing where the record does not have it."""
    found = next((one.value for one in protocol.facts if one.field.endswith(field)), "")
    each = found if isinstance(found, tuple) else (str(found),)
    return listed([CODES.get(one) or _uncoded(one) for one in each], "")


def _uncoded(word: str) -> str:
    """A code of the registry in words; anything else as it is."""
    if not word.isupper() or len(word) < 4:
        return word
    told = code_words(word).lower()
    return told if not told[-1:].isdigit() else f"{told[:-1].rstrip()} {told[-1]}"


def _criteria_table(protocol: StudyProtocol) -> Table:
    rows = tuple(
        (
            one.id,
            _criterion_words(one),
            "must not hold" if one.must is None else "must hold",
            listed(one.rests_on, "nothing"),
        )
        for one in protocol.eligibility
    )
    headings = ("Criterion", "Its words", "It", "Rests on question")
    return Table("criteria", "Criteria for entry", headings, rows, "llll", empty="The protocol names no criterion.")


def _criterion_words(one: Criterion) -> str:
    return "; ".join(one.quotes) or one.words or one.note or one.id


# ---- treatment ----------------------------------------------------------------------------------------------------


def _treatments(protocol: StudyProtocol) -> Iterable[Block]:
    rows = tuple(_regimen_row(protocol, one) for one in protocol.regimen)
    headings = ("Drug", "Arm", "How", "Course", "Dose", "Limits of treatment")
    yield Table("regimen", "Treatments", headings, rows, "llllll", empty="The protocol names no treatment.")
    rules = tuple(
        (one.drug, rule.id, _action_words(rule.then), rule.words or rule.note or "no words")
        for one in protocol.regimen
        for rule in one.rules
    )
    if rules:
        yield Table(
            "dose-rules", "Rules that change a dose", ("Drug", "Rule", "It does", "Its words"), rules, "llll", stub=True
        )


def _regimen_row(protocol: StudyProtocol, one: Regimen) -> tuple[str, ...]:
    arms = {each.id: each.label for each in protocol.arms}
    where = listed([arms.get(each, each) for each in one.arms], "every arm")
    how = ", ".join(part for part in (one.route, one.frequency.value) if part)
    course = f"days {one.days} of {one.cycle}"
    limits = "; ".join(limit.words or limit.reason for limit in one.limits) or "none stated"
    return one.drug, where, how, course, _dose_words(one.dose), limits


def _dose_words(dose: DosePlan) -> str:
    told = [f"{dose.start}"]
    told += [f"{dose.step} more each course"] if dose.step else []
    told += [f"at most {dose.maximum}"] if dose.maximum else []
    told += [f"at least {dose.floor}"] if dose.floor else []
    return ", ".join(told)


def _action_words(action: DoseAction) -> str:
    if action.stop is not None:
        return f"stops treatment: {action.stop}"
    if action.hold is not None:
        lower = f", then {action.hold.resume_lower_by} lower" if action.hold.resume_lower_by else ""
        return f"holds the dose{lower}"
    told = (
        (action.reduce_by, f"lowers the dose by {action.reduce_by}"),
        (action.cap, f"at most {action.cap}"),
        (action.no_step_up, "keeps the dose from rising"),
        (action.warn, f"warns: {action.warn}"),
    )
    return next((words for given, words in told if given), "nothing")


# ---- endpoints and methods ----------------------------------------------------------------------------------------


def _endpoint_table(protocol: StudyProtocol) -> Table:
    rows = tuple(
        (
            sentence(one.level),
            sentence(one.label),
            _variable_words(one),
            one.population,
            one.time_frame or "not stated",
            listed(one.rests_on, "nothing"),
        )
        for one in protocol.endpoints
    )
    headings = ("Level", "Endpoint", "What is measured", "In whom", "Time frame in the record", "Rests on question")
    return Table("endpoints", "Endpoints", headings, rows, "llllll", stub=True, empty="The protocol names no endpoint.")


def _variable_words(one: Endpoint) -> str:
    since = f" since {code_words(one.since)}" if one.variable is Variable.TIME_TO_EVENT else ""
    what = f": {' or '.join(one.events)}" if one.events else ""
    compared = f", against {one.against}" if one.against else ""
    return f"{one.variable.value}{since}{what}{compared}"


METHODS: tuple[tuple[str, tuple[Variable, ...], str, str], ...] = (
    (
        "Response rate",
        (Variable.RESPONSE,),
        "responders over each population, with the exact interval",
        "Clopper and Pearson, Biometrika 1934;26:404",
    ),
    (
        "Times",
        (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE),
        "product limit; Greenwood's variance; limits by the log-log transform; the median by inverting them",
        "Kaplan and Meier, JASA 1958;53:457; Brookmeyer and Crowley, Biometrics 1982;38:29",
    ),
    (
        "Times between arms",
        (Variable.TIME_TO_EVENT,),
        "log-rank test, two-sided",
        "Mantel, Cancer Chemother Rep 1966;50:163",
    ),
    (
        "Censoring",
        (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE),
        "the rules of the guidance row by row; the reason of each participant stands in the listing",
        "FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, 2007, appendix 3",
    ),
    (
        "Toxicity",
        (Variable.WORST_GRADE,),
        "worst grade of each term that came or worsened under treatment, once a participant",
        "ICH E9, 6.3; the table of grades that the protocol names",
    ),
    (
        "Before and after",
        (Variable.CHANGE,),
        "pairs; signed-rank test, exact where it can be; not corrected for multiplicity",
        "Wilcoxon, Biometrics Bulletin 1945;1:80",
    ),
    (
        "Values between arms",
        (Variable.VALUE, Variable.CHANGE),
        "difference of means with an interval that lets the variances differ",
        "Welch, Biometrika 1947;34:28",
    ),
)
"""How each kind of number is reckoned: the variables it is for, the method, and its source."""


def _method_table(analysis: Analysis) -> Table:
    protocol = analysis.gathered.protocol
    asked = {one.variable for one in (*protocol.endpoints, *analysis.gathered.extra_endpoints)}
    arms = len(protocol.arms) > 1
    rows = [
        (what, how, source)
        for what, variables, how, source in METHODS
        if asked & {*variables} and (arms or "between arms" not in what)
    ]
    months = f"days / {float(DAYS_PER_MONTH)}; the first day counts as one"
    rows.append(("Months", months, "the conventions of this program"))
    rows.append(("What cannot be estimated", "said in words, with the reason; never a number", "this program"))
    note = "Each estimator is compared with R on published data: see the page on validation in the program's documents."
    return Table("methods", "Statistical methods", ("Of what", "Method", "Source"), tuple(rows), "lll", (note,))


# ---- changes of the protocol --------------------------------------------------------------------------------------


def change_section(analysis: Analysis) -> Section | None:
    """What differs between the protocol's versions, and who was on which."""
    if len(analysis.gathered.versions) < 2:
        return None
    rows = tuple(
        (f"{one.old} to {one.new}: {one.kind} {one.clause}", one.part, one.before, one.after)
        for one in analysis.gathered.amendments
    )
    moved = [
        (one.subject, before, after, day(since))
        for one in analysis.gathered.registered
        for (before, _), (after, since) in zip(one.activity.versions, one.activity.versions[1:], strict=False)
    ]
    headings = ("Versions and clause", "Part", "Before", "After")
    empty = "Nothing that changes an answer."
    changes = Table("amendments", "What the versions change", headings, rows, "llll", stub=True, empty=empty)
    told = ("Participant", "From version", "To version", "On")
    empty = "Nobody was moved from one version to another by the cut-off."
    return Section(
        "changes",
        "Changes of the protocol",
        (changes, Table("moved", "Who was moved", told, tuple(moved), "llll", empty=empty)),
    )
