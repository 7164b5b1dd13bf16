"""Lets the examples in the modules' docstrings run: Django's tables can be imported once Django has started."""

from __future__ import annotations

from trialwright.store.ready import ready

ready()
