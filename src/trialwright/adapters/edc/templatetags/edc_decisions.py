"""How an entry and a filled-in blank read in the templates of decisions."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext

from trialwright.adapters.edc.decisions.blanks import Blank
from trialwright.adapters.edc.decisions.blanks import words_of as words_in
from trialwright.adapters.edc.decisions.entries import entry_words as words_of
from trialwright.adapters.edc.look import writing
from trialwright.core.ledger import Event
from trialwright.core.terms import Quantity

register = template.Library()


@register.filter
def entry_words(event: Event) -> str:
    """An entry as a list names it."""
    return words_of(event)


@register.simple_tag
def blank_words(blank: Blank) -> str:
    """What stands in a blank, as a person reads it."""
    return words_in(blank)


@register.filter
def units_words(units: Mapping[Quantity, int] | None) -> str:
    """How many of each strength; nobody's knowledge is told as unknown, never as none."""
    if units is None:
        return gettext("not known")
    told = [f"{count} × {writing.quantity(one)}" for one, count in units.items() if count]
    return " + ".join(told) or gettext("none")
