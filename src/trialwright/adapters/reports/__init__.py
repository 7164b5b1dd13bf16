"""The report of a trial: HTML, tagged PDF, figures and tables, from the ledger through the core.

    analysis   the numbers, from the core, as frozen data
    text       how a number is written       document   paragraphs, tables and figures as data
    sections   numbers -> document           figures    drawn with matplotlib
    html, pdf  document -> pages             writing    a study folder -> the folder of the report
    results    the numbers as the registry's results section

Nothing is judged here; every verdict, grade, response and time is the core's. Read `write_report`.
"""

from __future__ import annotations

from trialwright.adapters.reports.writing import CannotReport, Report, write_report

__all__ = ["CannotReport", "Report", "write_report"]
