"""What comes in from others: files that are strangers until they are read, and what they say against what is recorded.

    uploads     how large a file may be, and what it is by its content; its name is never asked
    delimited   a table of comma- or otherwise separated values: encoding, delimiter and decimal mark found and shown
    json_text   JSON with every digit kept, of bounded depth; a key given twice is refused
    typed       the text of one cell as a value of a field, or why it is none
    comparing   what would be new, changed, the same, or refused, and the entries that would say so

Nothing is written here, and nothing is guessed: a line that cannot be read is refused with its place. Read `compare`.
"""

from trialwright.adapters.exchange.incoming.comparing import Comparison, Draft, Given, Line, compare, drafts
from trialwright.adapters.exchange.incoming.delimited import Sheet, read_sheet
from trialwright.adapters.exchange.incoming.json_text import read_json
from trialwright.adapters.exchange.incoming.typed import Unreadable, Writing, read_cell
from trialwright.adapters.exchange.incoming.uploads import LIMITS, Limits, kind_of, refused_upload

__all__ = [
    "LIMITS",
    "Comparison",
    "Draft",
    "Given",
    "Limits",
    "Line",
    "Sheet",
    "Unreadable",
    "Writing",
    "compare",
    "drafts",
    "kind_of",
    "read_cell",
    "read_json",
    "read_sheet",
    "refused_upload",
]
