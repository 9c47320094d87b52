"""What changed in the values of one clause: argument by argument, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import evolve

from interpreter import core, types as t
from interpreter.diff.changes import Change, Kind, Words
from interpreter.diff.parts import narrowed
from interpreter.diff.prints import Piece, both
from interpreter.diff.sides import SHOWN, Side, Where, offered
from interpreter.diff.tables import rows

ONE_DAY = timedelta(days=1)


def changed(sides: tuple[Side, Side], where: Where, old: core.Expr | None, new: core.Expr | None) -> Change:
    """The change from one expression to another: of its unit, its condition, or its value."""
    kind = Kind.VALUE
    shown = [side.text(e.span) if e is not None else "" for side, e in zip(sides, (old, new), strict=True)]
    if old is not None and new is not None:
        pieces, decides = narrowed(old, new, (sides[0].shallow, sides[1].shallow))
        a, b = pieces[-1]
        if decides:
            kind = Kind.CONDITION
        elif isinstance(a.type, t.Num) and isinstance(b.type, t.Num) and a.type != b.type:
            kind = Kind.UNIT
        texts = [[sides[0].text(before.span), sides[1].text(after.span)] for before, after in pieces]
        shown = next((pair for pair in texts if pair[0] != pair[1] and max(map(len, pair)) < SHOWN), texts[-1])
    return Change(
        kind=kind,
        thing=where.thing,
        key=where.key,
        name=where.name,
        part=where.part,
        old=shown[0],
        new=shown[1],
        old_span=old.span if old is not None else None,
        new_span=new.span if new is not None else None,
        affects=where.affects,
    )


def arguments(
    sides: tuple[Side, Side], where: Where, given: tuple[core.Instance | core.ModelUse, core.Instance | core.ModelUse]
) -> Iterator[Change]:
    """The arguments of a clause, or of the use of a model, that were changed themselves."""
    old, new = given
    mine = _parameters(old)
    for name, (p, argument) in _parameters(new).items():
        before, other = mine.pop(name, (None, None))
        yield from _argument(sides, evolve(where, part=words(p)), given, (before, p), (other, argument))
    for p, argument in mine.values():
        if argument is not None:
            yield from _argument(sides, evolve(where, part=words(p)), given, (p, None), (argument, None))


def words(p: core.Parameter) -> Words:
    """A parameter's names in (English, Swedish)."""
    return p.name, p.swedish or p.name


def _parameters(of: core.Instance | core.ModelUse) -> dict[str, tuple[core.Parameter, core.Argument | None]]:
    declared = of.form.parameters if isinstance(of, core.Instance) else of.parameters
    return {both(p.name, p.swedish): (p, of.arguments.get(p.name)) for p in declared}


def _argument(
    sides: tuple[Side, Side],
    where: Where,
    given: tuple[core.Instance | core.ModelUse, core.Instance | core.ModelUse],
    parameters: tuple[core.Parameter | None, core.Parameter | None],
    arguments: tuple[core.Argument | None, core.Argument | None],
) -> Iterator[Change]:
    told = arguments == (None, None) and isinstance(given[0], core.Instance)  # a default is told where the form is
    if told or _effective(sides, given, parameters, arguments):
        return
    times = [
        side.shallow.timeline(a, None) if a is not None else _default(side, own, p)
        for side, own, p, a in zip(sides, given, parameters, arguments, strict=True)
    ]
    lists = [inline(time) for time in times]
    if lists[0] and lists[1]:
        yield from rows(sides, where, (sides[0].program.tables[lists[0]], sides[1].program.tables[lists[1]]))
    else:
        yield from _pieces(sides, where, times, [_deep(*one) for one in zip(sides, given, arguments, strict=True)])


def inline(time: Sequence[Piece]) -> str:
    """The table that is written below its parameter, when that is all it is given."""
    value = time[0].stretch.value if len(time) == 1 else None
    table = value.of if isinstance(value, core.Renamed) else value
    return table.name if isinstance(table, core.TableRef) and "@" in table.name else ""


def _effective(
    sides: tuple[Side, Side],
    given: tuple[core.Instance | core.ModelUse, core.Instance | core.ModelUse],
    parameters: tuple[core.Parameter | None, core.Parameter | None],
    arguments: tuple[core.Argument | None, core.Argument | None],
) -> bool:
    """Whether both sides mean the same, looked through, a default and what is offered included."""
    prints: list[int | None] = []
    for side, own, p, argument in zip(sides, given, parameters, arguments, strict=True):
        if p is None:
            prints.append(None)
        elif isinstance(own, core.Instance):
            prints.append(side.effective(own, p))
        else:
            prints.append(side.ids.of(side.deep.given(p, argument, own.model)))
    return prints[0] == prints[1]


def _default(side: Side, own: core.Instance | core.ModelUse, p: core.Parameter | None) -> list[Piece]:
    """A parameter that is given nothing, as the value it then has; none when it has none or another offers it."""
    if p is None or p.default is None or (isinstance(own, core.Instance) and offered(own, p)):
        return []
    argument = core.Argument((core.Stretch(None, None, p.default, p.default.span),))
    return side.shallow.timeline(argument, None)


def _deep(side: Side, own: core.Instance | core.ModelUse, argument: core.Argument | None) -> list[Piece]:
    """What an argument means in order of time, looked through."""
    return side.deep.timeline(argument, own.model) if argument is not None else []


def _pieces(
    sides: tuple[Side, Side], where: Where, times: Sequence[Sequence[Piece]], deep: Sequence[Sequence[Piece]]
) -> Iterator[Change]:
    """The stretches of time in which two arguments differ; one that only carries a difference on belongs to it.

    Args:
        sides: the contracts.
        where: what is changed.
        times: both arguments as they are written.
        deep: both looked through, with the values that they build on.
    """
    cuts = sorted({day for time in times for p in time for day in (p.start, p.end and p.end + ONE_DAY) if day})
    cuts = [day for day in cuts if _inside(day, where.days)]
    starts: list[date | None] = [where.days[0], *cuts]
    ends = [*(day - ONE_DAY for day in cuts), where.days[1]]
    found: list[Change] = []
    for start, end in zip(starts, ends, strict=True):
        old, new = (_at(time, start, end) for time in times)
        if (old and old.print) == (new and new.print):
            meant = [_at(time, start, end) for time in deep]
            carried = found and (meant[0] and meant[0].print) != (meant[1] and meant[1].print)
            if carried and old is not None and old.builds:
                found[-1] = evolve(found[-1], end=end)
            continue
        lists = [inline([piece]) if piece is not None else "" for piece in (old, new)]
        if all(lists):
            old_list, new_list = (s.program.tables[name] for s, name in zip(sides, lists, strict=True))
            told = [*rows(sides, where, (_within(old_list, start, end), _within(new_list, start, end)))]
            found += told
            if told:
                continue
        change = changed(sides, where, *(piece.stretch.value if piece is not None else None for piece in (old, new)))
        found.append(evolve(change, start=start, end=end))
    yield from (_dated(change, where.days) for change in found)


def _within(data: core.TableData, start: date | None, end: date | None) -> core.TableData:
    """A list as it holds from `start` to `end`."""
    lines = []
    for line in data.lines:
        first = max((day for day in (line.start, start) if day), default=None)
        last = min((day for day in (line.end, end) if day), default=None)
        if first is None or last is None or first <= last:
            lines.append(evolve(line, start=first, end=last))
    return evolve(data, lines=tuple(lines))


def _inside(day: date, days: tuple[date | None, date | None]) -> bool:
    return (days[0] is None or days[0] < day) and (days[1] is None or day <= days[1])


def _dated(change: Change, days: tuple[date | None, date | None]) -> Change:
    """The change with the days that it is about; open where they are those of the contract."""
    start = None if change.start == days[0] else change.start
    return evolve(change, start=start, end=None if change.end == days[1] else change.end)


def _at(time: Sequence[Piece], start: date | None, end: date | None) -> Piece | None:
    """The value that holds from `start` to `end`, within which none begins or ends."""
    for piece in time:
        begun = piece.start is None or (start is not None and piece.start <= start)
        lasts = piece.end is None or (end is not None and end <= piece.end)
        if begun and lasts:
            return piece
    return None
