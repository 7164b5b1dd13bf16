"""What `core` answers, as JSON documents: the same for the command line's `--json` and for the web application's API.

    plain    values of the core as plain JSON data
    subject  the status of one subject: every answer with its reasons, its data and what is missing
    trial    the status of the trial: counts, readiness, everyone in a line

Keys that are here stay. Nothing is decided here. Read `subject.subject_document`.
"""
