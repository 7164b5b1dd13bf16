"""Files of others read into the record: a laboratory's table, a FHIR bundle, the records of a REDCap project.

    sources  the three kinds of file: what is uploaded, how it is read, by which map
    kept     an upload between two pages: encrypted, of one person, for an hour
    maps     maps of columns that were saved with an import, by name
    preview  what would become of each line, and what would follow from it
    views    upload, map, preview, confirm: one save, whole or not at all
    report   the same lines as a table to download: what was in the file against what is recorded

A file is judged by its content. A line that cannot be read stops the whole; nothing is guessed. Read `views`.
"""
