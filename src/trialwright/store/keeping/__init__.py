"""Keeping a ledger for as long as the record must be kept: backup, restore, archive, and erasing what was redacted.

`backup` makes a copy that is verified before it counts; `restore` puts one into a new place and says what was lost;
`scrub` takes the bytes of a redacted payload out of the file. The archive is `adapters.archive`, since it is drawn for
people. Read `backup`, then `restore`.
"""
