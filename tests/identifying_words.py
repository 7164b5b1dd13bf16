"""What tells who a person is, eighteen kinds (45 CFR 164.514(b)(2)(i)), fifty made-up ones of each, always the same.

Nobody's: numbers from ranges that are kept for examples, names that were put together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

FIRST = "Aurelia Bertram Cosima Dagobert Eudora Fabiola Gereon Hedwig Ignaz Jolanthe".split()
LAST = "Quandt Rübsam Sperling Tannhäuser Uhlmann Vogelsang Wetterau Xylander Yorckstein Zimmerli".split()


def _letters(r: random.Random, count: int) -> str:
    return "".join(r.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))


def _digits(r: random.Random, count: int) -> str:
    return "".join(r.choice("123456789") for _ in range(count))


MAKERS: Mapping[str, Callable[[random.Random], str]] = {
    "name": lambda r: f"{r.choice(('Mr', 'Mrs.', 'Ms', 'Frau', 'Sra.'))} {r.choice(LAST)}-{r.choice(LAST)}",
    "place": lambda r: f"{_digits(r, 3)} {r.choice(LAST)} {r.choice(('Street', 'Ave', 'Road'))}",
    "date of birth": lambda r: f"DOB {r.randint(1, 12)}/{r.randint(1, 28)}/19{r.randint(10, 69)}",
    "telephone": lambda r: f"({_digits(r, 3)}) 555-01{_digits(r, 2)}",
    "fax": lambda r: f"fax +44 20 7946 0{_digits(r, 3)}",
    "e-mail": lambda r: f"{r.choice(FIRST)}.{r.choice(LAST)}{_digits(r, 4)}@mail.example".lower(),
    "social security number": lambda r: f"987-{_digits(r, 2)}-{_digits(r, 4)}",
    "medical record number": lambda r: f"MRN {_digits(r, 7)}",
    "health plan number": lambda r: f"Medicare no. 1{_letters(r, 2)}{_digits(r, 1)}-TE5-MK{_digits(r, 2)}",
    "account number": lambda r: f"account {_digits(r, 9)}",
    "licence or certificate": lambda r: f"licence {_letters(r, 1)}{_digits(r, 7)}",
    "vehicle": lambda r: f"plate {_letters(r, 3)} {_digits(r, 4)}",
    "device": lambda r: f"pacemaker serial {_letters(r, 3)}{_digits(r, 6)}",
    "web address": lambda r: f"https://people.example/{r.choice(LAST)}{_digits(r, 5)}".lower(),
    "internet address": lambda r: f"192.0.2.{r.randint(1, 254)} 198.51.100.{r.randint(1, 254)}",
    "biometric": lambda r: f"fingerprint {_letters(r, 4)}{_digits(r, 8)}",
    "picture": lambda r: f"IMG_{_digits(r, 6)}.jpg",
    "other number": lambda r: f"{_digits(r, 11)}",
}
KINDS = tuple(MAKERS)
NO_SHAPE = ("a daughter called Jolanthe", "lives in Kirkby Lonsdale", "the baker of the village", "Aurelia Sperling")
"""What tells who somebody is and has no shape that a program could know: it is read by people or not at all."""


def _fifty(kind: str) -> tuple[str, ...]:
    made, seed = dict[str, None](), 0
    while len(made) < 50:
        made[MAKERS[kind](random.Random(f"{kind} {seed}"))] = None
        seed += 1
    return tuple(made)


CANARIES: Mapping[str, tuple[str, ...]] = {kind: _fifty(kind) for kind in KINDS}
