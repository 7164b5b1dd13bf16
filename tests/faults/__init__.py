"""Proofs that the ledger loses nothing and hides nothing when machines, disks and people fail.

Each proof is a module with `prove(size, seed)`, which answers with `Evidence`: what was tried, what held, its figures,
and a negative control: the same proof with a seeded fault in it, which must come out wrong. `QUICK` sizes run with
every test (`test_quick.py`); `python -m faults` (`make faults`) runs the `FULL` ones and writes the evidence as JSON.
`service` is a minimal save service over the real writer; `study` the trial that is written. Read `evidence` first.
"""
