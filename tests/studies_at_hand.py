"""The study folders there are, found by what is in them: no test outside studies/ knows one by its name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from trialwright.adapters.study import load_study
from trialwright.core.conduct import Trial

FOLDER = Path(__file__).resolve().parent.parent / "studies"
STUDIES = tuple(sorted(record.parent for record in FOLDER.glob("*/record.txt")))
RECORDS = tuple((folder / "record.txt").read_text("utf-8") for folder in STUDIES)


def grades_toxicity(folder: Path) -> bool:
    """Whether a version of the study's protocol names a table of toxicity grades."""
    return any("toxicity: " in path.read_text("utf-8") for path in folder.glob("protocol/*.yaml"))


GRADED = next(folder for folder in STUDIES if grades_toxicity(folder))
"""A study whose doses depend on graded toxicity."""

of_each_study = pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)


@cache
def trial_of(folder: Path) -> Trial:
    """The trial of a study folder, all versions of its protocol."""
    trial = load_study(folder).trial
    assert trial is not None
    return trial
