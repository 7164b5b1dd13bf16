"""The examples in the docstrings of the trial's pages hold."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = ("accrual", "amendments", "drawing", "plain", "telling")


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(import_module(f"trialwright.adapters.edc.trial.{name}"))
    assert found.attempted
    assert not found.failed
