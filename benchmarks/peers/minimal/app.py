"""The peer as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class Minimal(AppConfig):
    """A form and its audit rows."""

    name = "benchmarks.peers.minimal"
    label = "minimal"
