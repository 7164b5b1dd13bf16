"""What most people would write: Django and django-ninja, a form saved with one `save`, twelve audit rows in bulk.

No sign-in, no roles, no checks but the types, no chain: the least that keeps a form and who changed what. It
runs on the same server, engine and durability as the web application that `benchmarks.web` measures beside it.
"""
