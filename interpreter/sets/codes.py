"""Codes in a query: texts are settled outside it, once for each different code, so that it compares integers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interpreter.facts import Kind
from interpreter.sets.relation import ColumnInfo, Stored
from interpreter.sets.rowset import Rowset, stored_code
from interpreter.sets.values import Fixed, Flag, Refused, Text, any_of, text_literal, together

MOST_RANGES = 200


def equal(rowset: Rowset, op: str, left: Text | Fixed, right: Text | Fixed) -> Flag:
    """Whether two codes are the same (`=`), or differ; the language has no order of codes.

    Raises:
        Refused: neither is the row's, or one has a dictionary and the other none.
    """
    null, fail = together([left, right])
    if isinstance(left, Fixed):
        left, right = right, left
    if isinstance(left, Fixed):
        raise Refused("two codes of the contract")
    other = stored(rowset, left, right) if isinstance(right, Fixed) else translated(rowset, right, left)
    sql = f"({left.sql} {'=' if op == '=' else '<>'} {other})"
    return Flag(sql=sql, null=null, fail=fail)


def stored(rowset: Rowset, like: Text, code: Fixed) -> str:
    """A code of the contract as a column stores it."""
    info = ColumnInfo(name="", sql="", kind=Kind.CODE, codes=like.codes)
    values = [None if v is None else stored_code(info, v) for v in code.values]
    if len(set(values)) == 1 and values[0] is not None:
        return str(values[0]) if isinstance(values[0], int) else text_literal(str(values[0]))
    return rowset.points.column("INTEGER" if like.codes is not None else "TEXT", values)


def translated(rowset: Rowset, text: Text, like: Text) -> str:
    """A code as another column stores its own; a number that no row has where the other doesn't know it."""
    if text.codes == like.codes:
        return text.sql
    if like.codes is None:
        words = rowset.tables.source("t", [("k", "INTEGER"), ("w", "TEXT")], list(enumerate(text.codes or ())))
        (name,) = rowset.join(words, ["w"], f"t.k = {text.sql}")
        return name
    known = {code: at for at, code in enumerate(like.codes)}
    rows: list[tuple[Stored, ...]]
    if text.codes is None:
        kind, rows = "TEXT", list(known.items())
    else:
        kind, rows = "INTEGER", [(at, known[code]) for at, code in enumerate(text.codes) if code in known]
    source = rowset.tables.source("t", [("k", kind), ("w", "INTEGER")], rows)
    (name,) = rowset.join(source, ["w"], f"t.k = {text.sql}")
    return f"CAST(COALESCE({name}, -1) AS INTEGER)"


def within(of: Text, holds: Callable[[str], bool], exact: Sequence[str] | None) -> Flag:
    """Whether a code is one of those for which something holds.

    Raises:
        Refused: the codes are not known, and they are more than plain ones.
    """
    if of.codes is None:
        if exact is None or any(code.endswith("*") for code in exact):
            raise Refused("a pattern against a long list of codes")
        return Flag(sql=f"({of.sql} IN ({', '.join(map(text_literal, exact))}))", null=of.null, fail=of.fail)
    fitting = [at for at, code in enumerate(of.codes) if holds(code)]
    ranges: list[tuple[int, int]] = []
    for at in fitting:
        if ranges and ranges[-1][1] == at - 1:
            ranges[-1] = (ranges[-1][0], at)
        else:
            ranges.append((at, at))
    if len(ranges) > MOST_RANGES:
        raise Refused("too many codes")
    if not ranges:
        return Flag(sql="FALSE", null=of.null, fail=of.fail, constant=None if of.null or of.fail else False)
    single = ", ".join(str(a) for a, b in ranges if a == b)
    parts = [f"{of.sql} IN ({single})"] if single else []
    parts += [f"{of.sql} BETWEEN {a} AND {b}" for a, b in ranges if a != b]
    return Flag(sql=any_of(*parts) if len(parts) > 1 else f"({parts[0]})", null=of.null, fail=of.fail)
