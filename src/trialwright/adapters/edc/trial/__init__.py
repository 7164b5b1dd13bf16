"""The trial as a whole, for those who look after it, and the public page for those who may take part.

    overview    accrual against plan by site, halts, stopping rules, endpoints      accrual, drawing
    screening   everyone who came to screening, and why they were not registered
    flow        participant flow as a picture with its table
    departures  what was done otherwise than the protocol asks, and who weighed it
    safety      serious events with their clocks; serious_report, the report to print and send
    made        figures, reports, datasets, casebooks: made by another process      making, worker
    casebooks   the forms of a protocol, blank, and a subject's, filled             casebook_sheets, sheets (PDF)
    protocol    the record's sentences beside the clauses, rules and questions      browsing
    amendments  versions, what differs, whom it touches, who has to consent again
    sites       approvals, laboratory limits, people                                registry: what it is to be told
    public      the page about the study that needs no sign-in

Nothing is judged here: verdicts, counts, clocks and grades are the core's. Read `pages` first.
"""
