"""Pages of a list that stay small whatever stands in its rows: a page ends after so many rows, or so much text.

Where a row can be a line or a whole form, a number of rows alone bounds nothing. No row is left out and none is cut: a
row that is longer than a page has one to itself. Read `Filled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
    AnyPage = Page[Any]
else:
    AnyPaginator, AnyPage = Paginator, Page

MOST = 60_000
"""So many characters of a list stand on one page; with what is around them it stays under 150 kB."""


class Filled(AnyPaginator):
    """The rows of a list in pages, each of at most `per_page` rows that together weigh no more than `most`.

    >>> told = Filled(["aaaa", "bb", "cc", "dddddddd", "e"], 3, len, most=6)
    >>> [list(told.page(number)) for number in told.page_range]
    [['aaaa', 'bb'], ['cc'], ['dddddddd'], ['e']]
    >>> told.page(4).start_index(), told.page(4).end_index(), told.count
    (5, 5, 5)
    """

    def __init__(self, rows: Sequence[Any], per_page: int, weigh: Callable[[Any], int], most: int = MOST) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.weigh, self.most = weigh, most

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each page begins, and where the last one ends."""
        return (*self._starts(), self.count)

    def _starts(self) -> Iterator[int]:
        begun, weight = 0, 0
        yield begun
        for place, row in enumerate(self.rows):
            weight += self.weigh(row)
            if place - begun == self.per_page or (place > begun and weight > self.most):
                begun, weight = place, self.weigh(row)
                yield begun

    @cached_property
    def num_pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return len(self.starts) - 1

    def page(self, number: int | str) -> Page[Any]:
        """One page."""
        valid = self.validate_number(number)
        return Filling(self.rows[self.starts[valid - 1] : self.starts[valid]], valid, self)


class Filling(AnyPage):
    """One page of a list that is filled by weight."""

    paginator: Filled

    def start_index(self) -> int:
        """The place of its first row, counted from 1."""
        return min(self.paginator.starts[self.number - 1] + 1, self.paginator.count)

    def end_index(self) -> int:
        """The place of its last row."""
        return self.paginator.starts[self.number]
