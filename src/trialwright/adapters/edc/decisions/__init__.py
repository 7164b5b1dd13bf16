"""What is decided of a patient and of the study, and what is printed for it.

    scene      of whom, on which day, as known from which record
    blanks     what a decision asks a person to fill in, and how it is read
    acts       the table of decisions: who takes it, what it asks, which events it makes
    entering   screened, consented, registered, allocated, screening failed
    treating   a course starts, drug is handed out, treatment ends
    moving     off study, found again, another version, another site, an entry voided
    governing  versions and approvals, accrual, status
    ranges     the limits of a laboratory
    beginning  what a study needs before its first patient
    entries    an entry of the ledger in words, to choose one from
    panels     what is shown beside a decision: the checklist, the dose, the consent
    deciding   the one page every decision has
    checklist, dose, calendar, site_calendar, feed, custody, capsules   pages of their own, with their prints

Whether a decision is refused is asked of `core.conduct.refusals` alone. Read `acts`, then `deciding`.
"""
