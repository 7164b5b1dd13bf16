"""Ethics, sites and roles: who let the trial be done, where it was done, and by how many persons in which role.

Persons are counted and never named.
"""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import counted, day, sentence
from trialwright.adapters.reports.tied import References, Tied, joined, tell
from trialwright.core.analysis import Approval


def ethics_section(analysis: Analysis) -> Section:
    """Approvals of the ethics committees, and under which version consent was given."""
    blocks: list[Block] = [Paragraph(_approval_words(analysis)), _approval_table(analysis), _consent_table(analysis)]
    blocks += [_pause_table(analysis)] if analysis.gathered.pauses else []
    blocks.append(
        Paragraph(
            "To be stated by the author: that the trial was conducted by the ethical principles in force, and how "
            "participants were informed.",
            "notice",
        )
    )
    return Section("ethics", "Approvals and consent", tuple(blocks))


def _approval_words(analysis: Analysis) -> Tied:
    ref = References(analysis)
    return tell(
        "{approvals} by ethics committees recorded for {versions} of the protocol.",
        approvals=ref("gathered.approvals.count", lambda n: counted(n, "approval"), "approvals"),
        versions=ref("gathered.versions.count", lambda n: counted(n, "version"), "protocol-versions"),
    )


def _approval_table(analysis: Analysis) -> Table:
    rows = tuple(
        (one.site, one.version, day(one.approved_on), day(one.activated), _end(one))
        for one in analysis.gathered.approvals
    )
    headings = ("Site", "Version", "Approved on", "In force from", "Until")
    empty = "No approval of an ethics committee is recorded by the cut-off."
    return Table("approvals", "Approvals by ethics committees", headings, rows, "lllll", empty=empty)


def _end(one: Approval) -> str:
    if one.ended:
        return f"ended {day(one.ended)}: {one.why or 'no reason recorded'}"
    return day(one.until, "no end recorded")


def _consent_table(analysis: Analysis) -> Table:
    rows = tuple((version, str(n)) for version, n in analysis.places.consents)
    return Table(
        "consents",
        "Registered participants by the version they consented to last",
        ("Version", "Participants"),
        rows,
        "lr",
        empty="Nobody is registered by the cut-off.",
    )


def _pause_table(analysis: Analysis) -> Table:
    rows = tuple(
        (day(one.on), one.site or "the whole study", "suspended" if one.suspended else "resumed", one.why or "not said")
        for one in analysis.gathered.pauses
    )
    return Table("pauses", "Accrual suspended and resumed", ("Day", "Where", "What", "Why"), rows, "llll")


def site_section(analysis: Analysis) -> Section:
    """The sites with whom they registered, and how many persons acted in each role."""
    blocks = (Paragraph(_site_words(analysis)), _site_table(analysis), _role_table(analysis))
    return Section("sites", "Sites and roles", blocks)


def _site_words(analysis: Analysis) -> Tied:
    ref, at = References(analysis), analysis.places
    opened = tell(
        "{opened} of {planned} registered participants.",
        opened=ref("places.opened.count", str, "sites"),
        planned=ref("gathered.protocol.design.sites.count", lambda n: counted(n, "planned site"), "sites"),
    )
    if at.first is None:
        return opened
    dates = tell(
        "The first was registered on {first} and the last, by the cut-off, on {last}.",
        first=ref("places.first", day, "sites", column="First registered"),
        last=ref("places.last", day, "sites", column="Last registered"),
    )
    return joined([opened, dates])


def _site_table(analysis: Analysis) -> Table:
    rows = tuple(
        (
            one.site,
            f"{one.name}{' (lead)' if one.lead else ''}",
            str(one.screened),
            str(one.registered),
            str(one.treated),
            day(one.first, "nobody yet"),
            day(one.last, "nobody yet"),
        )
        for one in analysis.places.sites
    )
    headings = ("Site", "Name", "Screened", "Registered", "Treated", "First registered", "Last registered")
    return Table("sites", "Participants by site", headings, rows, "llrrrll")


def _role_table(analysis: Analysis) -> Table:
    rows = tuple((one.site, sentence(one.role), str(one.persons)) for one in analysis.places.roles)
    return Table(
        "roles",
        "Persons who acted in the records of participants, by role",
        ("Site", "Role", "Persons"),
        rows,
        "llr",
        ("Persons are told apart by opaque ids; their names stand in no table.",),
        stub=True,
        empty="Nobody acted by the cut-off.",
    )
