"""Curves as SVG pictures, drawn by pygal: pure Python, SVG only, no scripts, the same bytes every time.

A picture is for the eye: here, and nowhere else on the way out, exact numbers become binary ones.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from fractions import Fraction

import pygal  # type: ignore[import-untyped]  # it has no types
from pygal.style import Style  # type: ignore[import-untyped]

from avtal.rendering.numbers import amount, exact
from avtal.rendering.terminal import visible
from avtal.reports.curves import Curve
from interpreter.units import unit_name
from interpreter.vary import DATUM

# Pygal leaves an import hook for map plugins behind, in a form that Python 3.11 warns of and 3.12 ignores. We use none.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

COLOURS = ("#1f4e79", "#b3541e", "#5b6770", "#2e7d32", "#6a1b9a")
"""Dark enough on white to be told apart by most eyes, and in grey print by their dots and legends."""


def svg(curve: Curve) -> str:
    """A curve with its marks and where the settlement lies on it."""
    language, units = curve.report.language, curve.report.units
    unit = unit_name(curve.unit.name, language, units)
    factor = curve.unit.factor
    points = around(curve)
    lowest, highest = min(y for _, y in points), max(y for _, y in points)

    def at(value: Fraction) -> float:
        return float(value / factor)

    def shown(pair: tuple[float, float] | float) -> str:
        number = pair[1] if isinstance(pair, tuple) else pair
        return amount(Fraction(number), language, 0)

    chart = pygal.XY(
        js=(),
        pretty_print=True,
        disable_xml_declaration=False,
        width=900,
        height=520,
        title=visible(curve.title),
        x_title=visible(f"{curve.name}, {unit}" if unit else curve.name),
        y_title="kr",
        style=Style(
            background="white",
            plot_background="white",
            colors=COLOURS,
            font_family="sans-serif",
            guide_stroke_color="#d8d8d8",
            major_guide_stroke_color="#c0c0c0",
        ),
        dots_size=2,
        legend_at_bottom=True,
        truncate_legend=-1,
        explicit_size=True,
        x_value_formatter=lambda x: exact(Fraction(x).limit_denominator(1000), language),
        value_formatter=shown,
    )
    chart.uuid = "avtal"
    word = "ersättning" if language == "sv" else "payment"
    chart.add(word, [(at(x), float(y)) for x, y in points], show_dots=False, stroke_style={"width": 3})
    for name, value in curve.marks:
        told = f"{visible(name)} {exact(value / factor, language)} {unit}".strip()
        line = [(at(value), float(lowest)), (at(value), float(highest))]
        chart.add(told, line, show_dots=False, stroke_style={"width": 1.5, "dasharray": "6, 4"})
    if curve.now is not None:
        value, paid = curve.now
        word = "avräknat" if language == "sv" else "settled"
        told = f"{word}: {exact(value / factor, language)} {unit}, {amount(paid, language)} kr"
        chart.add(told, [(at(value), float(paid))], stroke=False, dots_size=7)
    root = chart.render_tree()
    for parent in list(root.iter()):
        for child in list(parent):
            # Scripts have no business in a picture, and a comment tells the day it was drawn.
            if child.tag is ET.Comment or str(child.tag).endswith("script"):
                parent.remove(child)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def around(curve: Curve) -> tuple[tuple[Fraction, Fraction], ...]:
    """The points of a result's curve around its marks and what was settled, where it bends; all of a volume's."""
    known = [value for _, value in curve.marks] + ([curve.now[0]] if curve.now is not None else [])
    wide = max(known) - min(known) if curve.marks and curve.dial.kind == DATUM else Fraction(0)
    near = tuple((x, y) for x, y in curve.points if min(known) - wide <= x <= max(known) + wide) if wide else ()
    return near if len({y for _, y in near}) > 1 else curve.points
