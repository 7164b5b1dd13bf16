"""The whole web application killed, crowded, on a failing or full disk, and used for half an hour, on both engines.

People are signed in; a save is a form posted with its CSRF token, the key minted when it was rendered and the version
that was seen. It is taken for done when, and only when, the application redirects (303). Afterwards the ledger is read
by itself. `ground` makes the rehearsal that each application starts from, `serving` is the process that is killed,
`people` the persons at their browsers; then one module a proof: `killing`, `crowding`, `disks`, `filling`, `soaking`.
"""
