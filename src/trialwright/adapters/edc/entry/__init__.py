"""Entering what happened: forms made from concepts and encounters, checked as they are typed, corrected with a reason.

    pages        the addresses, and who may read and write them
    posted       what a browser sent back -> what was typed into each item
    rows         an item on a page: which control it gets, what stands beside it, what is wrong with it
    filling      one form, whoever fills it in: shown, checked while it is typed, saved
    visit        forms of visits and of contacts nobody planned      records   logs and their records
    correcting   one item corrected, with its reason                 history   every value an item ever had
    stale        somebody else saved meanwhile: both versions side by side, chosen item by item
    regions      the skin, region by region, drawn and as a table    definition   the form as it was, kept in the ledger

Which items there are, how what is typed is read and what it would mean is decided in `core.casebook`; nothing is judged
here. A form is a plain form: without a script it can be filled in and saved. Read `filling.fill`.
"""
