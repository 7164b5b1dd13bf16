"""A drawing as SVG: text that a page takes in as it is, every word of it escaped, every colour a class.

Read `svg`.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

from trialwright.adapters.edc.work.paper import Placed
from trialwright.adapters.edc.work.picture import Drawing, Shape


def svg(drawing: Drawing, name: str = "course") -> SafeString:
    """The drawing as one element; `name` makes its ids its own on a page with several."""
    wide, tall = _number(drawing.wide), _number(drawing.tall)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-labelledby="{name}-title {name}-desc"'
        f' viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}">'
    )
    words = f'<title id="{name}-title">{escape(drawing.title)}</title>'
    words += f'<desc id="{name}-desc">{escape(drawing.describes)}</desc>'
    parts = (*map(_shape, drawing.shapes), *map(_text, drawing.labels))
    return mark_safe(f"{head}{words}{''.join(parts)}</svg>")  # noqa: S308 - every text in it went through escape


def _shape(shape: Shape) -> str:
    measures = "".join(f' {key}="{_measure(value)}"' for key, value in shape.measures.items())
    opening = f'<{shape.tag} class="{shape.look}"{measures}'
    return f"{opening}><title>{escape(shape.says)}</title></{shape.tag}>" if shape.says else f"{opening}/>"


def _text(label: Placed) -> str:
    look = f' class="{label.look}"' if label.look else ""
    return f'<text{look} x="{_number(label.box.left)}" y="{_number(label.baseline)}">{escape(label.text)}</text>'


def _measure(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    """A measure with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
