"""The pure core: protocol and events in, answers out.

No file, clock, network or chance is touched here; the same arguments give the same answer for ever.
Read `conduct` first: it is the table of contents, and each answer it gives names the module that decides it.
"""
