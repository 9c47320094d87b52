"""Production and invoicing by what the data tell apart (area, DRG), period by period, with change (REG-16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import define, field

from avtal.errors import UnreadableError
from avtal.reports.pieces import Piece, pieces
from avtal.reports.view import CHANGE, MONEY, NUMBER, Column, Table, View, change
from interpreter.facts import Column as DataColumn, Fact, Kind, Row
from interpreter.units import unit_name

TOP = 10
TELLS_APART = (Kind.CODE, Kind.TEXT, Kind.CHOICE)
MOST_GROUPS = 200
ROWS_PER_GROUP = 10


@define
class _Group:
    """What one group has in one period."""

    rows: set[int] = field(factory=set)
    volume: Fraction = Fraction(0)
    amount: Fraction = Fraction(0)


def production(view: View, *, by: Sequence[str] = (), top: int = TOP) -> tuple[Table, ...]:
    """Rows, volumes and amounts by a column of the data.

    Args:
        view: the settlements.
        by: names of columns, in either language; when empty, every column that tells rows apart into few groups.
        top: how many groups to show, the largest of the last period (a deduction by its size); the rest are one row.

    Raises:
        UnreadableError: no fact that is paid for has such a column.
    """
    periods = [(name, [p for report in reports for p in pieces(view, report)]) for name, reports in view.by_period()]
    every = [piece for _, found in periods for piece in found if piece.row is not None]
    facts = [view.program.facts[name] for name in dict.fromkeys(p.row.fact for p in every if p.row is not None)]
    wanted = [(fact, column) for fact in facts for column in _columns(fact, by, every)]
    known = {name for _, column in wanted for name in (column.name, column.swedish)}
    for name in by:
        if name not in known:
            have = sorted({_called(view, c) for fact in facts for c in fact.columns if c.kind in TELLS_APART})
            raise UnreadableError(
                f"Inget underlag som betalas har kolumnen {name!r}. Kolumnerna är: {', '.join(have) or '–'}.",
                f"No fact that is paid for has the column {name!r}. The columns are: {', '.join(have) or '–'}.",
            )
    lacking = view.lacking()
    return tuple(
        table.noted(*lacking) for fact, column in wanted for table in _tables(view, periods, fact, column, top)
    )


def _columns(fact: Fact, by: Sequence[str], every: Sequence[Piece]) -> Iterator[DataColumn]:
    rows = [p.row for p in every if p.row is not None and p.row.fact == fact.name]
    parties = (fact.provider, fact.buyer)
    for column in fact.columns:
        if by:
            if column.name in by or (column.swedish and column.swedish in by):
                yield column
        elif column.kind in TELLS_APART and column.name not in (*fact.keys, *parties):
            groups = {row.cells.get(column.name) for row in rows} - {None}
            if groups and len(groups) <= MOST_GROUPS and len(groups) * ROWS_PER_GROUP <= len(rows):
                yield column


def _called(view: View, thing: DataColumn | Fact) -> str:
    return thing.swedish if view.language == "sv" and thing.swedish else thing.name


def _group(view: View, column: DataColumn, row: Row) -> str:
    cell = row.cells.get(column.name)
    if cell is None:
        return view.say("(ej angivet)", "(not given)")
    words = {en: sv or en for en, sv in column.choices}
    shown = words.get(str(cell), str(cell)) if view.language == "sv" else str(cell)
    return f"{shown} {view.meaning(column, shown)}".strip()


def _tables(
    view: View, periods: Sequence[tuple[str, Sequence[Piece]]], fact: Fact, column: DataColumn, top: int
) -> Iterator[Table]:
    """Three tables: rows, volumes of each unit, amounts."""
    found: dict[str, dict[str, _Group]] = {name: defaultdict(_Group) for name, _ in periods}
    volumes: dict[str, dict[str, dict[str, Fraction]]] = {}
    for name, own in periods:
        for piece in own:
            if piece.row is None or piece.row.fact != fact.name:
                continue
            group = found[name][_group(view, column, piece.row)]
            group.rows.add(id(piece.row))
            group.amount += piece.amount
            if piece.volume is not None and piece.unit.name:
                unit = unit_name(piece.unit.name, view.language, view.contract.units)
                per = volumes.setdefault(unit, {n: defaultdict(Fraction) for n, _ in periods})
                per[name][_group(view, column, piece.row)] += piece.volume
    heading = _called(view, column)
    of = _called(view, fact)
    rows = {n: {g: Fraction(len(v.rows)) for g, v in own.items()} for n, own in found.items()}
    yield _table(
        view, view.say(f"Antal {of} per {heading}", f"Number of {of} by {heading}"), heading, rows, NUMBER, top
    )
    for unit, per in volumes.items():
        yield _table(view, view.say(f"{unit} per {heading}", f"{unit} by {heading}"), heading, per, NUMBER, top)
    amounts = {n: {g: v.amount for g, v in own.items()} for n, own in found.items()}
    shared = view.say(
        "Ett belopp för posten som helhet visas fördelat efter radernas volym.",
        "An amount for a clause as a whole is shown shared by the rows' volumes.",
    )
    title = view.say(f"Fakturerat per {heading}, kr", f"Invoiced by {heading}, kr")
    yield _table(view, title, heading, amounts, MONEY, top).noted(shared)


def _table(view: View, title: str, heading: str, values: dict[str, dict[str, Fraction]], kind: str, top: int) -> Table:
    names = list(values)
    last = values[names[-1]]
    groups = sorted({g for own in values.values() for g in own}, key=lambda g: (-abs(last.get(g, Fraction(0))), g))
    if len(groups) <= top + 1:
        top = len(groups)
    shown = [(g, [values[n].get(g) for n in names]) for g in groups[:top]]
    rest = groups[top:]
    if rest:
        told = view.say(f"Övriga ({len(rest)})", f"Others ({len(rest)})")
        shown.append((told, [sum((values[n].get(g, Fraction(0)) for g in rest), Fraction(0)) for n in names]))
    whole = [sum(values[n].values(), Fraction(0)) for n in names]
    columns = [Column(heading), *(Column(n, kind) for n in names)]
    compared = len(names) > 1
    if compared:
        columns.append(Column(view.say(f"Ändring {names[-2]}–{names[-1]}", f"Change {names[-2]}–{names[-1]}"), CHANGE))

    def line(name: str, cells: Sequence[Fraction | None]) -> tuple[str | Fraction | None, ...]:
        return (name, *cells, *([change(cells[-2], cells[-1])] if compared else []))

    return Table(
        title,
        tuple(columns),
        tuple(line(g, cells) for g, cells in shown),
        line(view.say("Summa", "Total"), whole),
    )
