"""Writes docs/reference/registry-results.md from the program's own table of review rules."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from trialwright.adapters.exchange.ctgov.results.review import RULES, Rule

PAGE = Path(__file__).parent / "reference" / "registry-results.md"
HEAD = """\
# The registry's results section

`trialwright export DIR --format ctgov --out FILE.json` writes the results section as API v2 has it, under
`resultsSection`; beside it, `trialwright` says the cut-off, the position and the head of the ledger, and whether the
data are simulated. `--format ctgov-xml` writes the `clinical_results` of the older public XML. `--cut DAY` is the
clinical cut-off, `--known-at` the place in the ledger. Findings go to standard error: what the registry's own review
would find, and what one form cannot say.

## What a sponsor says beside the data: `registry.yaml`

A file in the study's folder; without it nothing is said, and nothing is made up.

```yaml
moreInfoModule:                  # by the registry's own field names
  pointOfContact: {title: Study office, organization: Example Hospital, email: office@example.org}
  certainAgreement: {piSponsorEmployee: false, restrictiveAgreement: true, restrictionType: LTE60}
  limitationsAndCaveats: {description: One site closed early.}
expected:                        # of an endpoint whose time frame is not over, the month in which its data are expected
  progression_free_survival: 2027-03
abbreviations:                   # written out in the description of each outcome that has them
  VAS: visual analogue scale
```

## From Python

```python
from trialwright.adapters.exchange.ctgov.results import read_results, write_results
from trialwright.adapters.exchange.ctgov.results.legacy import read_legacy_xml, write_legacy_xml
from trialwright.adapters.exchange.ctgov.results.review import review

results = read_results(text)  # of a whole record, or of a results section by itself
results.not_understood  # what is carried without being understood, with its path; written back where it stood
review(results)  # findings, each with its rule
write_legacy_xml(results).unsaid  # the fields for which the older XML has no place, and how often
```

## The review rules

This part is written from the program's own table (`python docs/registry_results.py`). A *major* issue keeps a record
from being posted (a warning here), *advice* does not (a note). Rules marked † are told from memory of the document
named, which was not at hand; no rule stands in for the reviewers.

"""
TABLE = "| rule | what is asked | what to do | source | |\n| --- | --- | --- | --- | --- |\n"


def page() -> str:
    """The page as it should be."""
    count = Counter(rule.major for rule in RULES)
    counted = f"{len(RULES)} rules, {count[True]} of them major.\n\n"
    return HEAD + counted + TABLE + "".join(_row(rule) for rule in RULES)


def _row(rule: Rule) -> str:
    memory = " †" if rule.from_memory else ""
    weight = "major" if rule.major else "advice"
    return f"| `{rule.id}` | {rule.words} | {rule.do} | {rule.source}{memory} | {weight} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
