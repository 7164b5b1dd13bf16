"""Lets the tests here import the helper module that stands beside them (`small_trial`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
