"""Analysis datasets in the shape of CDISC ADaM 1.3, with the way back from any cell to the ledger.

    model      what a dataset is: variables with their words, rows with their origins
    people     a participant as the datasets take it; the variables of every dataset
    adsl adrs adtte adae adlb adex adpr adeff    one dataset each
    terms      our words as the controlled terms of CDISC
    building   a study at a cut-off -> rows, subject by subject
    writing    rows -> a folder: csv_file, parquet, dataset_json, index
    tracing    a cell -> the events it stands on

Nothing is judged here: what is written was judged by the core. Read `building.DATASETS`, then `write_datasets`.
"""

from __future__ import annotations

from trialwright.adapters.exchange.cdisc.building import DATASETS, Asked, rows_of, standing_of, subjects
from trialwright.adapters.exchange.cdisc.model import Layout, Origin, Row, Standing, Variable
from trialwright.adapters.exchange.cdisc.tracing import Chain, NoSuchCell, trace
from trialwright.adapters.exchange.cdisc.writing import CannotWrite, WrittenDatasets, write_datasets

__all__ = [
    "DATASETS",
    "Asked",
    "CannotWrite",
    "Chain",
    "Layout",
    "NoSuchCell",
    "Origin",
    "Row",
    "Standing",
    "Variable",
    "WrittenDatasets",
    "rows_of",
    "standing_of",
    "subjects",
    "trace",
    "write_datasets",
]
