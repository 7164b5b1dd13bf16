"""A laboratory's table (CSV) as observations: by a map of its columns that a person has looked at and saved.

    columns   the map: which column is the subject, the day, the value; its words for tests, units and what is missing
    proposing a map proposed from the headings and cells; what two readings would fit is left open
    reading   rows by a map -> what is given of each subject; a line that cannot be read is refused with its place

Two shapes: `long`, a row for each result; `wide`, a row for each sample and a column for each test. Read
`read_laboratory`.
"""

from trialwright.adapters.exchange.laboratory.columns import Column, ColumnMap, map_document, map_faults, read_map
from trialwright.adapters.exchange.laboratory.proposing import propose_map
from trialwright.adapters.exchange.laboratory.reading import Known, read_laboratory

__all__ = ["Column", "ColumnMap", "Known", "map_document", "map_faults", "propose_map", "read_laboratory", "read_map"]
