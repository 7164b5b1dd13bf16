"""Measurements: printed, never asserted. Each is run by its name, as in `python -m benchmarks.ledger`."""
