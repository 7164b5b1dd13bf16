"""Response instruments, each a published way to turn lesions into a response.

    composite  Composite Assessment of index lesions (cutaneous T-cell lymphoma)
    mswat      modified Severity-Weighted Assessment Tool, whole skin (cutaneous T-cell lymphoma)
    olsen      skin, nodes, viscera, blood and the global score (mycosis fungoides, Sezary syndrome); olsen_rules
    recist     RECIST 1.1, sums of diameters (solid tumors); recist_rules
    lugano     Lugano classification, PET and CT (lymphoma); lugano_rules
    visits     what the first two share: assessments by visit, baseline, new lesions, answers that are missing
    measuring  what the others share: limits with their source, lengths, visits with several kinds of lesion

One instrument is used throughout a trial; the protocol names it.
"""
