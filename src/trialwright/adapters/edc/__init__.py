"""The web application: three sites run the trial in a browser. Nothing here decides; it asks `core` and shows.

    access     who may open what: the declared table of pages, and the one door they all go through
    desk       what one person sees and may do in one study, now; saving
    look       templates' tags, the stylesheet, the languages
    people     signing in, roles, delegation, training
    entry      forms made from the protocol; corrections, history
    work       today, the subjects, a subject's whole course in one picture
    decisions  screening to the end of treatment; checklist, dose card, calendar, specimens
    oversight  queries, source verification, coding, locks, signatures, the audit trail
    imports    laboratory files, FHIR bundles, REDCap
    trial      accrual, flow, deviations, serious events, figures, casebooks, the protocol, the public page
    api        the same for programs

`settings` and `urls` put it together; `ready` is done before anybody is served; `trialwright serve` runs it.
"""
