"""The same for programs: what the pages show and save, as JSON under `/api/v1/<study>/`, described by OpenAPI.

    pages      the addresses, declared like every other page: who may read, who may write
    views      a declared page as an operation of the API
    schema     the API itself: its errors as problem documents, its description
    reading    what is asked: study, subjects, status, forms, queries, deviations, audit, ledger
    writing    events submitted or tried, imports, signatures
    exporting  reports, figures, datasets and casebooks that are made to be fetched
    events     an event as JSON and back, by the same reader as `trialwright submit`
    allowed    which kind of event is whose to write: the roles of the page that makes it
    problems   what a refusal looks like
    hiding     what identifies a person is kept at the site
    rate       how many requests a token may make in a minute

A token acts for the person who made it, with that person's roles and no more; a signed-in browser may use the API with
its session and CSRF token. Read `pages`, then `writing`.
"""
