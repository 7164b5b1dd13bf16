"""A study folder on disk: the record, the protocol's versions, the rehearsal and the worked cases, as core values.

    loading         a folder or one protocol file -> Study, StudyProtocol, and everything that is wrong in it
    positions       YAML -> plain data in which every value knows its line and column
    loading_shape   plain data -> the protocol's dataclasses, with the near miss of a misspelt word
    loading_checks  what the shape cannot show, from ids to accrual; its parts are loading_references (names, sets,
                    standards), loading_conditions (units, codes, terms), loading_quotes, loading_plans (doses, visits)
    loading_look    the protocol under examination, with its places and every name it may refer to
    check           the protocol held against its record, sentence by sentence
    wording         the published descriptions of grades, from the user's own copy

Start with `load_study`.
"""

from __future__ import annotations

from trialwright.adapters.study.loading import Study, load_protocol, load_study
from trialwright.adapters.study.positions import Document, read_yaml

__all__ = ["Document", "Study", "load_protocol", "load_study", "read_yaml"]
