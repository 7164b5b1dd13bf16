"""ClinicalTrials.gov: what a trial posts there, and what others posted, as typed data.

    protocol           the protocol section (API v2); protocol_places and protocol_codes are its parts; `shape` reads it
    protocol_of_study  a study as it stands -> its protocol section; said: what the sponsor says beside the data
    prs                the upload record (PRS); prs_of_protocol makes it, prs_xml writes and reads it, prs_words and
                       prs_people are its words, prs_required what the registry asks for (prs_asked: in which words)
    posted             a posted section -> what it says of the study's life, for `core.registration`
    record_updates     what the registry is to be told, as a document and as lines
    results            the results section

Nothing is judged here but a record by the registry's own demands. Read `protocol`, then `prs_of_protocol`.
"""
