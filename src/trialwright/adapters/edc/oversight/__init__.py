"""Pages of those who watch over the data: queries, verification, coding, locks, signatures, audit trail, ledger health.

    pages         their paths, and who may read and write them
    telling       items, values and persons in words; what identifies a patient is kept at the site
    queries       the work list, and the queries about one patient
    verifying     what is to be held against the source, and the ticking of it
    coding        terms without a code, and the dictionaries
    locking       freeze, lock, ask to unlock, unlock, each with its checklist
    signing       what is signed, who signed it, whether it holds; `sign_block` for other pages
    looking       whether others said something since a page was drawn, so that nobody comes in between
    meanwhile     somebody else saved first: what they did beside what one wanted to do
    audit         everything that was recorded, filtered, as a file, and the review of it
    ledger        whether the ledger is what was written: verified by a process of its own

What is derived is `core.oversight`; nothing is judged here. Read `pages.PAGES`.
"""
