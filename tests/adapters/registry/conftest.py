"""Lets the tests here import the helper modules that stand beside them (`render_page`, `statements`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
