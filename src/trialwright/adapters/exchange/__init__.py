"""Formats of others: what leaves the program in a shape that other programs read, and what comes in from them.

    appointments  the visits of a subject as calendar entries, each with the place in the ledger that last changed it
    icalendar     those entries as an iCalendar (RFC 5545)
    cdisc         analysis datasets in ADaM shape: CSV, Parquet, Dataset-JSON; the way back from any cell
    ctgov         ClinicalTrials.gov: protocol section, upload, results section
    incoming    files of strangers: their limits, their tables, and what they say against what is recorded
    laboratory  a laboratory's table, by a map of its columns;  fhir  Observation resources;  redcap  a REDCap project
    specimen_list the specimens of a study as a laboratory's list (comma-separated values)

Nothing is judged here: what is due, and when, is asked of `core.schedule`. Read `FORMATS` in `cli/export`.
"""
