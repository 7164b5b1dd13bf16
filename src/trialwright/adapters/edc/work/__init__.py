"""The working day: what waits for whom today, the list of subjects, and one subject's page with the whole course.

    today      what waits for a person in each role, each line with its clause and the page where it is done
    listing    subjects found, filtered, sorted and paged; `projected`: where each stands, kept with its stream
    subject    one subject's page: the answer in words first, the picture, the same as tables
    timeline   what is drawn of a course; `picture` where it goes on the paper; `svg` as text; `tables` in words

Nothing is decided here: every answer is asked of `core.conduct`.
"""
