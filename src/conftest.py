"""Lets the examples in docstrings run: tables can be imported once Django has started, and only those files need it."""

from __future__ import annotations

from pathlib import Path

WITH_TABLES = {"store", "adapters"}


def pytest_collect_file(file_path: Path) -> None:
    """Django has started before a file is read that may hold tables."""
    if WITH_TABLES & {*file_path.parts}:
        from the_settings import start_with_those_of_the_web_application

        start_with_those_of_the_web_application()
