"""What the shape of a protocol cannot show: references, bases, quotes, units, doses, sets, each finding with its place.

Every check is a function from a `Look` to findings; CHECKS is the table of contents. All run, and all findings come
at once. Where part of a file could not be read, references to it are not called wrong a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from trialwright.adapters.study.loading_conditions import (
    check_conditions,
)
from trialwright.adapters.study.loading_endpoints import check_endpoints
from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.loading_plans import check_accrual, check_doses, check_encounters
from trialwright.adapters.study.loading_quotes import check_quotes
from trialwright.adapters.study.loading_references import check_references, check_sets, check_standards
from trialwright.adapters.study.loading_safety import check_safety
from trialwright.adapters.study.positions import Document
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Finding


def check_protocol(protocol: StudyProtocol, document: Document, whole: Document, record: str | None) -> list[Finding]:
    """Everything wrong in a protocol that has the right shape; `whole` is the file before anything was left out."""
    look = Look(protocol, document, whole, record)
    return [finding for check in CHECKS for finding in check(look)]


def check_ids(look: Look) -> Iterator[Finding]:
    """Two clauses of one id could not be told apart in an answer."""
    for path, clause in look.clauses:
        if look.count_of_clause(clause.id) > 1 and look.first_of_clause(clause.id) != path:
            yield look.finding(
                (*path, "id"),
                f"The clause id {clause.id!r} stands twice.",
                "An answer names its clause; with two of one name nobody can look it up.",
                "Give each clause an id of its own.",
            )
    for section, ids in look.other_ids():
        for name, count in Counter(ids).items():
            if count > 1:
                last = len(ids) - 1 - ids[::-1].index(name)
                yield look.finding(
                    (section, last, "id"),
                    f"The id {name!r} stands {count} times under {section}.",
                    "Whatever names it would mean either.",
                    "Give each an id of its own.",
                )


def check_bases(look: Look) -> Iterator[Finding]:
    """A rule nobody can trace is a rule nobody wrote."""
    for path, clause in look.clauses:
        if not clause.quotes and not clause.source and not clause.rests_on:
            yield look.finding(
                path,
                f"The clause {clause.id!r} has neither quotes, nor a source, nor a question it rests on.",
                "A rule that cannot be traced to the record, another source or an open question must not treat anyone.",
                "Add `quotes:` with words of the record, `source:` with an entry of sources, or `rests_on:`.",
                clause.id,
            )


def check_criteria(look: Look) -> Iterator[Finding]:
    """A criterion says one thing: what must be, what must not be, or where to look."""
    for number, criterion in enumerate(look.protocol.eligibility):
        said = [word for word in ("must", "must_not") if getattr(criterion, word) is not None] + (
            ["see"] if criterion.see else []
        )
        if len(said) != 1:
            yield look.finding(
                ("eligibility", number),
                f"The criterion {criterion.id!r} has {' and '.join(said) or 'none'} of must, must_not and see.",
                "It cannot be judged.",
                "Keep exactly one of must, must_not and see.",
                criterion.id,
            )


CHECKS: tuple[Callable[[Look], Iterator[Finding]], ...] = (
    check_ids,
    check_bases,
    check_criteria,
    check_standards,
    check_references,
    check_sets,
    check_conditions,
    check_quotes,
    check_doses,
    check_encounters,
    check_endpoints,
    check_accrual,
    check_safety,
)
"""Every check, in the order of reading."""
