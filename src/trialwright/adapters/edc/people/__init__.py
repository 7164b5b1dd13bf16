"""People: signing in, sessions, invitations, roles, trainings, tokens.

    addresses      what is reached outside a study: sign-in, second step, one's own account
    pages          the declared pages inside a study: people, invite, delegation and training log
    sessions       how long a session holds, when it locks, whether the second step was taken
    gate           the middleware that asks this of every request
    adapters       what the library that signs people in is told: lock-out, factors, events
    told           events of the database's own chain: who was named, came in, was refused
    inviting       accounts and links; `first` is the link for the first administrator
    again          asked once more before a signature: password, and the second component
    tokens         what lets a program act for a person
    demonstration  ready-made logins of simulated data, and of nothing else

Which role a person holds is never kept here: it is folded from the ledger (`core.people`) at each request.
"""
