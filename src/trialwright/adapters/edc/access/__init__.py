"""Who may open what, and how it is enforced.

roles      the roles of a trial
matrix     the declared table of pages: path, who reads, who writes, whose data
enforcing  the one door every page goes through: signed in, role held here, object in scope, then the view
leaving    files that are handed over: told in the ledger, or noted in the log
"""
