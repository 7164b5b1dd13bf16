"""Response instruments, each a published way to turn lesions into a response.

    composite  Composite Assessment of index lesions (cutaneous T-cell lymphoma)
    mswat      modified Severity-Weighted Assessment Tool, whole skin (cutaneous T-cell lymphoma)
    visits     what both share: assessments by visit, baseline, new lesions, answers that are missing

One instrument is used throughout a trial; the protocol names it.
"""
