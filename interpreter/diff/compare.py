"""Two contracts → what differs in what they mean, clause by clause.

Assumes: neither has errors. Guarantees: a clause whose meaning differs has a change that names it; contracts that mean
the same have no change of meaning, however they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from interpreter import core
from interpreter.diff.changes import Change, Changes, Kind, Thing, Words
from interpreter.diff.pairing import Pairs
from interpreter.diff.prints import Ids
from interpreter.diff.sides import Side, Where
from interpreter.diff.terms import Terms
from interpreter.diff.things import Things
from interpreter.diff.values import arguments
from interpreter.pipeline import Analysed

Pair = tuple[core.Instance, core.Instance]


def compare(old: Analysed | None, new: Analysed | None) -> Changes:
    """What a change of a contract means.

    Args:
        old, new: the contract before and after; `None` where there is none, so that all of it came or went.
    """
    programs = [side.program if side is not None else None for side in (old, new)]
    if old is None or new is None or programs[0] is None or programs[1] is None:
        return _alone(old, new)
    ids = Ids()
    terms = [program.terms for program in programs if program is not None]
    days = min(t.start for t in terms), max(t.end for t in terms)
    sides = Side(old, programs[0], ids, days), Side(new, programs[1], ids, days)
    pairs = Pairs(*sides)
    both = pairs.pairs()
    found = [*Terms(sides).all()]
    found += _clauses(sides, pairs, both)
    found += Things(sides, both).all()
    found = _once(found)
    found += _unexplained(sides, both, found)
    return Changes(
        changes=tuple(found),
        keys={a.key: b.key for a, b in both},
        names=_names(sides),
        turning=_turning(sides, both, rows=False),
        rows=_turning(sides, both, rows=True),
        written=_written(sides, both),
    )


def _turning(sides: tuple[Side, Side], both: Sequence[Pair], *, rows: bool) -> frozenset[str]:
    """The clauses whose conditions ask for something else, or for what another clause came to."""
    asked = [(b, sides[0].asks(a, rows=rows) != sides[1].asks(b, rows=rows)) for a, b in both]
    return frozenset(b.key for b, otherwise in asked if otherwise or sides[1].waits(b, rows=rows))


def _alone(old: Analysed | None, new: Analysed | None) -> Changes:
    """The changes where one contract, or both, are not there: every clause came, or went."""
    found: list[Change] = []
    names: dict[str, Words] = {}
    for analysed, kind in ((old, Kind.REMOVED), (new, Kind.ADDED)):
        if analysed is not None and analysed.program is not None:
            side = Side(analysed, analysed.program, Ids(), (None, None))
            found += [_whole(side, instance, kind) for instance in side.program.instances]
            names |= {i.key: side.name(i) for i in side.program.instances}
    return Changes(changes=tuple(found), names=names)


def _names(sides: tuple[Side, Side]) -> dict[str, Words]:
    return {i.key: side.name(i) for side in sides for i in side.program.instances}


def _whole(side: Side, instance: core.Instance, kind: Kind) -> Change:
    """A clause that came or went."""
    come = kind is Kind.ADDED
    text = side.text(instance.span)
    return Change(
        kind=kind,
        thing=Thing.CLAUSE,
        key=instance.key,
        name=side.name(instance),
        old="" if come else text,
        new=text if come else "",
        old_span=None if come else instance.span,
        new_span=instance.span if come else None,
        start=instance.start,
        end=instance.end,
        affects=(instance.key,),
    )


def _clauses(sides: tuple[Side, Side], pairs: Pairs, both: Sequence[Pair]) -> Iterator[Change]:
    """The clauses' own changes, in the order of the new text; those that went come last."""
    come = {instance.key: instance for instance in pairs.come()}
    before = {new.key: old for old, new in both}
    models: dict[tuple[int, int], list[Pair]] = {}
    for new in sides[1].program.instances:
        if new.key in come:
            yield _whole(sides[1], new, Kind.ADDED)
            continue
        old = before[new.key]
        days = sides[0].limits(old) if sides[0].limits(old)[0] is None else sides[1].limits(new)
        where = Where(Thing.CLAUSE, new.key, sides[1].name(new), ("", ""), (new.key,), days)
        if old.key in pairs.how:
            shown = sides[0].name(old), sides[1].name(new)
            at = int(sides[1].program.language == "sv")
            change = _of(where, old, new, shown[0][at], shown[1][at])
            yield evolve(change, kind=pairs.how[old.key])
        yield from arguments(sides, where, (old, new))
        yield from _days(where, old, new)
        if old.model is not None and new.model is not None:
            models.setdefault((id(old.model), id(new.model)), []).append((old, new))
    for used in models.values():
        yield from _model(sides, used)
    for gone in pairs.gone():
        yield _whole(sides[0], gone, Kind.REMOVED)


def _of(where: Where, old: core.Instance, new: core.Instance, before: str, after: str) -> Change:
    return Change(
        kind=Kind.VALUE,
        thing=where.thing,
        key=where.key,
        name=where.name,
        part=where.part,
        old=before,
        new=after,
        old_span=old.span,
        new_span=new.span,
        affects=where.affects,
    )


def _days(where: Where, old: core.Instance, new: core.Instance) -> Iterator[Change]:
    """The days in which a clause is in force, and which link of the effect chain it pays for."""
    for part, before, after in (
        (("in force from", "gäller från"), old.start, new.start),
        (("in force to", "gäller till"), old.end, new.end),
        (("component", "komponent"), old.component, new.component),
    ):
        if before != after:
            yield _of(evolve(where, part=part), old, new, str(before or ""), str(after or ""))


def _model(sides: tuple[Side, Side], used: Sequence[Pair]) -> Iterator[Change]:
    """What the use of a model is given, once for all clauses of the model that it means something to."""
    old, new = (instance.model for instance in used[0])
    while old is not None and new is not None:
        keys = tuple(b.key for a, b in used if sides[0].clause(a) != sides[1].clause(b))
        where = Where(Thing.MODEL, new.key, (new.key, new.key), ("", ""), keys)
        yield from arguments(sides, where, (old, new))
        old, new = old.model, new.model


def _once(changes: Sequence[Change]) -> list[Change]:
    """A line of a model or of a shared list that several clauses are made of is one change, with all of them."""
    found: dict[object, Change] = {}
    for change in changes:
        places = (change.old_span, change.new_span)
        whole = change.kind in (Kind.ADDED, Kind.REMOVED, Kind.RENAMED, Kind.MOVED)
        at = (change.thing, change.part, places, change.start) if any(places) and not whole else id(change)
        first = found.setdefault(at, change)
        found[at] = evolve(first, affects=tuple(dict.fromkeys((*first.affects, *change.affects))))
    return list(found.values())


def _unexplained(sides: tuple[Side, Side], both: Sequence[Pair], found: Sequence[Change]) -> Iterator[Change]:
    """Clauses that mean something else for a reason that no change names: none may pass as unchanged."""
    named = {key for change in found if change.of_meaning for key in change.affects}
    for old, new in both:
        if new.key not in named and sides[0].own(old) != sides[1].own(new):
            where = Where(Thing.CLAUSE, new.key, sides[1].name(new), ("", ""), (new.key,))
            yield _of(where, old, new, sides[0].text(old.span), sides[1].text(new.span))


def _written(sides: tuple[Side, Side], both: Sequence[Pair]) -> tuple[Words, ...]:
    """What was only written otherwise: the vocabulary, the order of clauses, the layout and comments."""
    found: list[Words] = []
    old, new = sides
    if old.program.language != new.program.language:
        to = {"sv": ("into Swedish", "till svenska"), "en": ("into English", "till engelska")}[new.program.language]
        found.append((f"translated {to[0]}", f"översatt {to[1]}"))
    places = {i.key: at for at, i in enumerate(old.program.instances)}
    order = [places[a.key] for a, _ in both]
    if order != sorted(order):
        found.append(("clauses in another order", "poster i annan ordning"))
    texts = [side.analysed.module.text for side in sides]
    if texts[0] != texts[1] and not found:
        found.append(("written otherwise", "annorlunda skrivet"))
    return tuple(found)
