"""The registry's own review of results, as far as a program can make it: each rule a row, each fault a finding.

    flow      everyone is accounted for          baseline   everyone is described
    outcomes  what, when, in whom; analyses      events     three tables that add up
    tables    cells that can be what they say    words      contact, lengths, abbreviations

Most rules are told from memory of documents that were not at hand; `Rule.from_memory` says which, and no rule replaces
the reviewers. Read `RULES`, then `review`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.exchange.ctgov.results.review import baseline, events, flow, outcomes, tables, words
from trialwright.adapters.exchange.ctgov.results.review.rule import Rule
from trialwright.adapters.exchange.ctgov.results.section import SECTION, Results
from trialwright.core.terms import Finding, Severity

RULES: tuple[Rule, ...] = (
    *flow.RULES,
    *baseline.RULES,
    *tables.rules_of("baseline", baseline.tables),
    *outcomes.RULES,
    *tables.rules_of("outcome", outcomes.tables),
    *events.RULES,
    *words.RULES,
)


def review(results: Results) -> tuple[Finding, ...]:
    """Every fault that the rules find, in the order of the rules; major issues are warnings, advice is a note."""
    return tuple(finding for rule in RULES for finding in _findings(rule, results))


def _findings(rule: Rule, results: Results) -> Iterator[Finding]:
    memory = ", from memory" if rule.from_memory else ""
    for where, says in dict.fromkeys(rule.faults(results)):
        yield Finding(
            about=rule.id,
            says=says,
            matters=f"{rule.words} ({rule.source}{memory})",
            do=rule.do,
            clause=rule.id,
            severity=Severity.WARNING if rule.major else Severity.NOTE,
            where=f"{SECTION}.{where}",
        )


__all__ = ["RULES", "Rule", "review"]
