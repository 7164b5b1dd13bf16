"""Checkpoints: what a chain was at a moment, signed and kept where the database's owner cannot reach it.

A chain of hashes alone does not show that its end was cut off, or that all of it was written anew. A checkpoint states
how many events there were and the root of the tree over them (`notes`), signed with a key that lies outside it
(`keys`), sent to places elsewhere (`sinks`) after saves that matter (`emitting`). Verification holds the ledger
against those that were kept (`anchors`). `tree` proves one event, or one state after another, by the roots alone.
What this protects and what it does not is docs/explanation/ledger.md.
"""
