"""Beside an item of a form, what only the record tells: whose answer does not count yet, why no limits are known.

Nothing is judged: which roles may answer is the protocol's. Read `unsaid`.
"""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.entry.rows import Row
from trialwright.adapters.edc.entry.wording import in_words
from trialwright.adapters.edc.look import words, writing
from trialwright.core.subject import observations
from trialwright.core.subject.answers import signer

register = template.Library()


@register.filter
def at_field(sentence: object) -> str:
    """What is wrong at a field, in the reader's language and with days as people write them; else marked as English."""
    told = in_words(str(sentence))
    if told is not None:
        return writing.dated(told)
    return format_html('<span lang="en">{}</span>', writing.dated(sentence))


@register.simple_tag(takes_context=True)
def unsaid(context: RequestContext, row: Row, signers: Sequence[str]) -> str:
    """The role of whoever answered, where the answer waits for somebody in one of these roles; else nothing."""
    desk: Desk = context["desk"]
    recorded = observations(desk.record(context["subject"]), row.concept) if row.item.recorded else ()
    answer = next((one for one in recorded if one.instance == row.instance), None)
    _, role = signer(answer) if answer is not None else ("", "")
    return words.said(role) if role and role not in signers else ""


@register.simple_tag(takes_context=True)
def persons_as(context: RequestContext, *roles: str) -> list[str]:
    """The printed names of those who hold one of these roles at the patient's site."""
    desk: Desk = context["desk"]
    site, roster = desk.record(context["subject"]).site, desk.open.roster
    found = (one for one in roster.persons if roster.roles(one, site, desk.today) & {*roles})
    return sorted(roster.name(one) or one for one in found)


@register.simple_tag(takes_context=True)
def limits_wait(context: RequestContext, row: Row) -> bool:
    """Whether the laboratory has limits for some patients, and sex or age do not tell yet which are this one's."""
    desk: Desk = context["desk"]
    case = desk.case(context["subject"])
    return any(one.analyte == row.item.concept.id and one.occurred <= desk.today for one in case.site.ranges)
