"""What values come to together: their sum, mean, lowest, highest, percentile, how many different they are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from interpreter import core, problems, types as t
from interpreter.values import Missing, fail, figure, small

SPOKEN = {
    "mean": "medelvärdet",
    "lowest": "det lägsta värdet",
    "highest": "det högsta värdet",
    "percentile": "percentilen",
    "portion": "andelen av potten",
    "sum": "summan",
    "distinct": "antalet olika",
}


def nothing(e: core.Aggregate, why: str = "") -> Missing:
    """What an aggregate of too few values is."""
    return Missing(f"{e.kind}{why}", e.span, swedish=f"{SPOKEN[e.kind]}{why}")


def combine(
    e: core.Aggregate,
    values: Sequence[tuple[object, Fraction]],
    least: Fraction | None,
    rank: Fraction | None,
    language: str,
) -> object:
    """The aggregate of values with their weights; `language` is that of the text, whose word for it a problem has."""
    if least is not None and len(values) < least:
        return nothing(e, f": {len(values)} < {least}")
    if e.kind == "distinct":
        return Fraction(len({value for value, _ in values}))
    if e.kind == "sum":
        total = Fraction(0)
        for value, _ in values:
            assert isinstance(value, Fraction)
            total += value
        return small(total, e.span)
    if not values:
        return nothing(e)
    plain = [value for value, _ in values]
    if e.kind == "lowest":
        return min(plain)  # type: ignore[type-var]
    if e.kind == "highest":
        return max(plain)  # type: ignore[type-var]
    if e.kind == "percentile":
        return _percentile(e, plain, rank, language)
    above, below = Fraction(0), Fraction(0)
    for value, weight in values:
        assert isinstance(value, Fraction)
        above, below = above + value * weight, below + weight
    return small(above / below, e.span) if below else nothing(e)


def _percentile(e: core.Aggregate, values: list[object], rank: Fraction | None, language: str) -> object:
    """Nearest rank: the smallest value that at least `rank` of the values do not exceed."""
    assert rank is not None
    if not 0 < rank <= 1:
        what = "`percentilen`" if language == "sv" else "`percentile`"
        said = {
            "range_en": "which must be above 0% and at most 100%",
            "range_sv": "men ska vara över 0% och högst 100%",
        }
        raise fail(problems.OUTSIDE_RANGE, e.span, what=what, found=figure(rank, t.SHARE), **said)
    ordered = sorted(values)  # type: ignore[type-var]
    return ordered[-int(-rank * len(ordered) // 1) - 1]
