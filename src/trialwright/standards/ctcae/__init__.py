"""Common Terminology Criteria for Adverse Events, by version; a protocol names one and never two.

    bounds      how a bound is written in the tables
    v3          version 3.0, complete; v3_terms: its terms that a person reports, with the grades that exist
    since_v4    the laboratory terms that versions 4.03 and 5.0 share
    v4, v5      the laboratory terms in which they differ, and each version complete
    meddra_terms  the terms of 4.03 and 5.0 that a person reports, side by side

Numbers, term names and which grades exist are facts and stand here; the published descriptions of grades do not.
"""
