"""The common shape of headers and payloads, as regular expressions that describe a part of what is canonical.

Plain ASCII text without an escape, each key in its place, small whole numbers: a text that one of these matches in full
is what `store.canonical` would find sound and spell the same. Any other text must go the long way. Nothing is found
wrong here. Read `HEADER`, then `BODY`.
"""

from __future__ import annotations

import re

from trialwright.store.chain import HEADER_KEYS, HEADER_VERSION

PLAIN = r"[ !#-\[\]-~]*+"  # printable ASCII but for the quotation mark and the backslash; never given back (3.11)
TEXT = f'(?:"({PLAIN})"|null)'
WHOLE = "(0|[1-9][0-9]{0,14})"
WHOLES = ("part", "seq", "sv")
ORDER = tuple(sorted(set(HEADER_KEYS) - {"v"}))
HEADER = re.compile(
    "{" + ",".join(f'"{key}":{WHOLE if key in WHOLES else TEXT}' for key in ORDER) + f',"v":{HEADER_VERSION}' + "}"
)
NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?"
OBJECT = rf'\{{"(?:u":"{PLAIN}","v":"{NUMBER}|missing":"{PLAIN})"\}}'
STEADY = f'null|{OBJECT}|"{PLAIN}"|true|false'
"""A value that is as canonical with other digits in the places of its digits: any but a whole number."""
VALUE = f"(?:{STEADY}|0|-?[1-9][0-9]{{0,14}})"
WORD = "[A-Za-z0-9_.-]++"
CHANGE = rf'\{{"new":{VALUE},"old":{VALUE},"path":"%s"\}}'
OWN, ITEM = CHANGE % f"{WORD}(?:/{WORD})?", CHANGE % f"{WORD}/{WORD}/{WORD}"
NEXT = ',{"new":'
LIKE_ITEM = re.compile(rf'(?:{STEADY}),"old":(?:{STEADY}),"path":"{WORD}/{WORD}/{WORD}"\}}')
BODY = re.compile(rf"(\[{OWN}(?:,{OWN})*)(?:,{ITEM})*+\]")
