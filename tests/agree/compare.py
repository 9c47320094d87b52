"""Whether two settlements are the same: amounts, exact sums, gifts, failures with their places, counts, lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dsl.diagnostics import Diagnostic
from interpreter.facts import Row
from interpreter.lookup import TableIndex
from interpreter.settlement import ClauseResult, Line, Settlement
from interpreter.values import EntryValue, Missing


def difference(expected: Sequence[Settlement], found: Sequence[Settlement], *, lines: bool = True) -> list[str]:
    """Where two results differ, in words; nothing when they are the same.

    Args:
        expected, found: what the reference evaluator and the other engine came to.
        lines: whether the payment lines are compared as well.
    """
    return list(_differences(_several(expected, lines=lines), _several(found, lines=lines), ""))


def _differences(a: object, b: object, at: str) -> Iterator[str]:
    if isinstance(a, Mapping) and isinstance(b, Mapping) and list(a) == list(b):
        for name in a:
            yield from _differences(a[name], b[name], f"{at}.{name}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from _differences(one, other, f"{at}[{i}]")
    elif (type(a), a) != (type(b), b):
        yield f"{at}: {_short(a)} ≠ {_short(b)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 400 else f"{text[:400]}…"


def _several(settlements: Sequence[Settlement], *, lines: bool) -> list[object]:
    return [plain(s, lines=lines) for s in settlements]


def plain(s: Settlement, *, lines: bool = True, places: bool = True) -> dict[str, object]:
    """A settlement as values that can be compared.

    Args:
        s: the settlement.
        lines: whether its payment lines are among them.
        places: whether the files and lines of rows are; what else a row holds always is.
    """
    return {
        "contract": s.contract,
        "parties": (s.buyer, s.provider),
        "days": (s.start, s.end),
        "clauses": {c.key: _clause(c, lines=lines, places=places) for c in s.clauses},
        "subtotals": list(s.subtotals),
        "total": s.total,
        "promises": list(s.promises),
        "failures": [_cause(cause, places=places) for cause in s.failures],
        "rows": dict(s.rows),
    }


def _clause(c: ClauseResult, *, lines: bool, places: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "status": c.status.value,
        "amount": c.amount,
        "exact": c.exact,
        "given": {name: _value(value, places=places) for name, value in c.given.items()},
        "offers": {name: _value(value, places=places) for name, value in c.offers.items()},
        "failures": [_cause(cause, places=places) for cause in c.failures],
    }
    return found | ({"lines": [_line(line, places=places) for line in c.lines]} if lines else {})


def _line(line: Line, *, places: bool) -> tuple[object, ...]:
    where = (line.row, line.file, line.number) if places else ()
    unit = (line.unit.dimension, line.unit.factor, line.unit.name)
    return (line.label, line.fact, line.day, line.quantity, unit, line.unit_price, line.amount, line.span, *where)


def _cause(cause: Diagnostic, *, places: bool) -> tuple[object, ...]:
    arguments = {name: value for name, value in cause.arguments.items() if places or name != "place"}
    data = [(row.fact, *((row.file, row.line) if places else ())) for row in cause.data]
    return (cause.code, cause.span, tuple(arguments.items()), tuple(data), cause.more)


def _value(value: object, *, places: bool) -> object:
    match value:
        case Row():
            own = (value.file, value.line) if places else ()
            return ("row", value.fact, tuple(sorted((k, str(v)) for k, v in value.cells.items())), *own)
        case EntryValue():
            return ("entry", value.name, value.span)
        case TableIndex():
            return ("table", value.data.name)
        case tuple():
            return tuple(_value(part, places=places) for part in value)
        case Missing():
            return ("missing", value.told() if places else value.datum, value.span)
        case _:
            return value
