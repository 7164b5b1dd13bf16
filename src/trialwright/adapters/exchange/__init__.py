"""Formats of others: what leaves the program in a shape that other programs read.

    appointments  the visits of a subject as calendar entries, each with the place in the ledger that last changed it
    icalendar     those entries as an iCalendar (RFC 5545)
    cdisc         analysis datasets in ADaM shape: CSV, Parquet, Dataset-JSON; the way back from any cell
    ctgov         ClinicalTrials.gov: protocol section, upload, results section
    specimen_list the specimens of a study as a laboratory's list (comma-separated values)

Nothing is judged here: what is due, and when, is asked of `core.schedule`. Read `FORMATS` in `cli/export`.
"""
