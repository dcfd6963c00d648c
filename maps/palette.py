"""How each class is drawn: a fill and a pattern, so that no class rests on colour alone.

Orange to blue is told apart in every common form of colour blindness; each class also has a pattern of
its own, which survives a black-and-white print.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """One way to fill an area.

    Attributes
    ----------
    id
        Its name on the page.
    fill, ink
        Colours of the ground and of the pattern, as `#rrggbb`.
    size
        Width and height of the pattern's tile, in pixels.
    marks
        The pattern's lines in the tile, as an SVG path; empty for a plain fill.
    width
        Width of those lines, in pixels.
    """

    id: str
    fill: str
    ink: str = "#0b0c0c"
    size: int = 8
    marks: str = ""
    width: float = 1.0


DIAGONAL = "M-2 2 2-2M0 8 8 0M6 10 10 6"
CROSSED = "M-2 2 2-2M0 8 8 0M6 10 10 6M-2 6 2 10M0 0 8 8M6-2 10 2"

CLASSES = (
    Style("out-of-scope", "#fafafa", "#6f777b", 8, "M2 2h.01M6 6h.01", 1.5),
    Style("not-surveyed", "#ededec", "#6f777b", 8, DIAGONAL, 1.2),
    Style("none", "#d9622b", "#471500", 8, CROSSED, 1.3),
    Style("part", "#fbd79b", "#8a5200", 8, "M2 2h.01M6 6h.01", 2.8),
    Style("wider", "#bfdcf2", "#2d6ca2", 8, "M0 2h8M0 6h8", 1.0),
    Style("local", "#3f86c6"),
)
"""The provision classes, in the order of `View.classes`."""

SEEN = Style("seen", "#e4eef5", "#3d5a70", 8, DIAGONAL, 1.2)
"""Not surveyed, but somebody is on record all the same."""
RAMP = (
    Style("step-1", "#e8f2f5"),
    Style("step-2", "#c6e1e8", "#2b7382", 8, "M2 2h.01M6 6h.01", 2.0),
    Style("step-3", "#9fcdd8", "#125463", 8, "M2 0v8M6 0v8", 0.9),
    Style("step-4", "#74b5c6", "#00303b", 8, "M0 4h8M4 0v8", 0.9),
    Style("step-5", "#4b9bb1", "#00232b", 8, "M0 2h8M0 6h8", 0.9),
    Style("step-6", "#2c7d96"),
)
"""Shares and numbers above 0, from small to large."""

CHANGES = {
    "worse": Style("change-worse", "#d9622b", "#471500", 8, CROSSED, 1.3),
    "fewer covered": Style("change-fewer", "#f4b183", "#7a3300", 8, DIAGONAL, 1.2),
    "left relying on one": Style("change-relying", "#fde3cd", "#8a4a17", 8, "M2 2h.01M6 6h.01", 2.4),
    "more and fewer": Style("change-mixed", "#e9dff0", "#4b2a66", 8, CROSSED, 0.9),
    "undecided": Style("change-undecided", "#f3edf7", "#4b2a66", 10, "M5 2.5v5M2.5 5h5", 1.1),
    "same": Style("change-same", "#ffffff"),
    "no longer relying on one": Style("change-freed", "#e3eff8", "#35658f", 8, "M2 2h.01M6 6h.01", 2.0),
    "more covered": Style("change-more", "#a9cdea", "#1d4e7e", 8, "M0 2h8M0 6h8", 1.0),
    "better": Style("change-better", "#3f86c6"),
}
"""What a scenario changes, from loss to gain: orange with crossing lines to plain blue."""
LOSSES = ("worse", "fewer covered", "left relying on one")
GAINS = ("no longer relying on one", "more covered", "better")
"""Of those, what fills differences in numbers: from the greatest loss down, and from the smallest gain up."""

ZERO = Style("zero", "#ffffff", "#b4430b", 10, "M5 2.5a2.5 2.5 0 1 0 .01 0", 1.2)
MISSING = Style("missing", "#ffffff", "#6f777b", 10, "M3 3 7 7M3 7 7 3", 1.2)
BORDER = "#1d2327"
SERVICE_AREA = "#3d0066"
"""The dashes round what an organisation serves, which have a white casing."""
STYLES = (*CLASSES, SEEN, *RAMP, ZERO, MISSING)
COMPARED = (*STYLES, *CHANGES.values())


def as_json() -> dict[str, object]:
    """Give the names of the styles by what they stand for.

    Examples
    --------
    >>> as_json()["classes"][2]
    'none'
    """
    return {
        "classes": [style.id for style in CLASSES],
        "seen": SEEN.id,
        "ramp": [style.id for style in RAMP],
        "zero": ZERO.id,
        "missing": MISSING.id,
        "changes": {name: style.id for name, style in CHANGES.items()},
        "losses": [CHANGES[name].id for name in LOSSES],
        "gains": [CHANGES[name].id for name in GAINS],
        "border": BORDER,
        "serviceArea": SERVICE_AREA,
    }
