"""The results section of a ClinicalTrials.gov record as typed data, read from and written to API v2 and legacy XML.

    flow, baseline, outcomes, events, more    the five parts; measures: what two of them share
    choices    the registry's lists           values     posted numbers, words, what is carried
    typed      JSON <-> types                 section    `Results`, `read_results`, `write_results`
    legacy     the clinical_results of the older public XML
    review     the registry's review criteria that a program can check

Numbers are kept as the text that was posted. Read `read_results`.
"""

from __future__ import annotations

from trialwright.adapters.exchange.ctgov.results.section import Results, read_results, write_results

__all__ = ["Results", "read_results", "write_results"]
