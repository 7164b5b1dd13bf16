"""Common Terminology Criteria for Adverse Events, by version; a protocol names one and never two.

    bounds  how a bound is written in the tables     v3  version 3.0, complete: laboratory bounds and terms
    v3_terms  the terms of version 3.0 that a person reports, with the grades that exist

Numbers, term names and which grades exist are facts and stand here; the published descriptions of grades do not.
"""
