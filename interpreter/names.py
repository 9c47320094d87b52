"""What a bare name means: parameter, let, column, period, table, clause, word of a choice.

Guarantees: a name that two of column, parameter, let and outer row could supply is refused (no shadowing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dsl import nodes as n
from dsl.limits import MAX_PROBLEMS
from interpreter import core, problems, types as t
from interpreter.facts import Column, Kind
from interpreter.units import KRONA
from interpreter.world import RowScope, Scope, World, core_pairs, pairs

YES_NO = {"yes": True, "no": False}
MANY = 5
"""How many clauses a problem names that have much in common."""


def column_type(column: Column) -> t.Type:
    """The type of a fact's column."""
    match column.kind:
        case Kind.NUMBER:
            return t.Num(column.unit)
        case Kind.CODE | Kind.TEXT:
            return t.Code()
        case Kind.DATE:
            return t.Day()
        case Kind.BOOL:
            return t.Bool()
        case Kind.CHOICE:
            return t.Choice(column.choices)


def row_column(world: World, row: RowScope, name: n.Name) -> core.Expr:
    """A column of a row, or a let of its `each`, by prefix."""
    if name.id in row.lets:
        called = world.spelled(name.span, row.spellings.get(name.id, (name.id, "")))
        return core.LetRef(called, row.row, type=row.lets[name.id], span=name.span)
    column = row.fact.column(name.id)
    if column is None:
        world.unknown(problems.UNKNOWN_COLUMN, name, pairs(row.fact.columns), of=world.called(row.fact))
    elif column.name not in row.columns:
        world.report(problems.NOT_NEEDED, name.span, of=world.called(row.fact), name=world.called(column))
    else:
        world.use(name.span, column.name, column.swedish)
        return core.ColumnRef(row.row, column.name, type=column_type(column), span=name.span)
    return core.Absorbed(type=t.Unknown(), span=name.span)


def resolve_name(world: World, scope: Scope, name: n.Name, expected: t.Type | None) -> core.Expr:
    """What a bare name stands for in a scope, or `Absorbed` with a diagnostic."""
    candidates = _candidates(world, scope, name)
    if len(candidates) > 1:
        meanings = (" eller " if world.language == "sv" else " or ").join(what for what, _ in candidates)
        told = _apart(world, scope, name, [found for _, found in candidates])
        world.report(problems.AMBIGUOUS_NAME, name.span, name=name.id, meanings=meanings, **told)
        return core.Absorbed(type=t.Unknown(), span=name.span)
    if candidates:
        found = candidates[0][1]
        _note(world, scope, name, found)
        return found
    if isinstance(expected, t.Choice) and expected.word(name.id):
        word = expected.word(name.id)
        world.use(name.span, word, dict(expected.words)[word])
        return core.Const(word, name.id, type=expected, span=name.span)
    return _language_name(world, scope, name, expected)


def _candidates(world: World, scope: Scope, name: n.Name) -> list[tuple[str, core.Expr]]:
    sv = world.language == "sv"
    found: list[tuple[str, core.Expr]] = []
    called = scope.spellings.get(name.id, (name.id, ""))[0]
    parameter = scope.parameters.get(name.id)
    if parameter is not None:
        found.append(
            (("parametern" if sv else "the parameter"), core.Param(parameter.name, type=parameter.type, span=name.span))
        )
    if name.id in scope.lets:
        found.append(("ett `låt`" if sv else "a `let`", core.LetRef(called, type=scope.lets[name.id], span=name.span)))
    for row in scope.rows:
        column = row.fact.column(name.id)
        what = ("en kolumn i " if sv else "a column of ") + row.fact.name
        if name.id in row.lets and (row.bare or row.own_lets):
            found.append((what, core.LetRef(called, row.row, type=row.lets[name.id], span=name.span)))
        elif row.bare and column is not None and column.name in row.columns:
            found.append((what, core.ColumnRef(row.row, column.name, type=column_type(column), span=name.span)))
    if name.id in scope.keys:
        own = {row.row for row in scope.rows if row.grouped} if name.id in scope.alike else set()
        key = core.GroupKey(called, type=scope.keys[name.id], span=name.span)
        if not any(isinstance(e, core.ColumnRef | core.LetRef) and e.row in own for _, e in found):
            found.append(("det som raderna grupperas efter" if sv else "what the rows are grouped by", key))
        if name.id in scope.twice:
            found.append(
                ("det som raderna utanför grupperas efter" if sv else "what the rows around are grouped by", key)
            )
    return found


def _apart(world: World, scope: Scope, name: n.Name, found: Sequence[core.Expr]) -> dict[str, str]:
    """How the author can tell apart what a name stands for: a row's column by the row, which may lack a name yet."""
    named = {e.row for e in found if isinstance(e, core.ColumnRef | core.LetRef)}
    rows = [row for row in scope.rows if row.row in named]
    alias = next((row.row for row in rows if not row.bare), "")
    if alias:
        return by_prefix(f"{alias}.{name.id}")
    if name.id in scope.twice:
        return {
            "do_en": f"give the outer one a name before the inner `each`, as in `let outer = {name.id}`",
            "do_sv": f"ge det yttre ett namn före det inre `varje`, som i `låt yttre = {name.id}`",
        }
    if not rows:
        return {"do_en": "rename one of them", "do_sv": "byt namn på ett av dem"}
    called, example = f"{world.called(rows[-1].fact)} {world.word('as')} r", f"r.{name.id}"
    return {
        "do_en": f"name the row, as in `{called}`, and say `{example}`, or rename one of them",
        "do_sv": f"ge raden ett namn, som i `{called}`, och skriv `{example}`, eller byt namn på ett av dem",
    }


def by_prefix(example: str) -> dict[str, str]:
    """The advice to say by a prefix which of two things is meant."""
    return {
        "do_en": f"say which with a prefix, as in `{example}`, or rename one of them",
        "do_sv": f"säg vilket med ett prefix, som i `{example}`, eller byt namn på ett av dem",
    }


def one_of(world: World, keys: Sequence[str], name: str = "") -> dict[str, str]:
    """What a reference that several clauses answer to can mean, and the advice to name one of them.

    Args:
        world: of the contract.
        keys: those of the clauses.
        name: what the reference asks each of them for; empty for its amount.
    """
    sv, called = world.language == "sv", [f"`{world.key(key)}{name}`" for key in keys]
    rest = len(called) - MANY
    if rest > 1:
        called = [*called[:MANY], f"{rest} till" if sv else f"{rest} more"]
    return {
        "meanings": ", ".join(called[:-1]) + (" eller " if sv else " or ") + called[-1],
        "do_en": f"name one of them, as in {called[0]}",
        "do_sv": f"nämn en av dem, som i {called[0]}",
    }


def _note(world: World, scope: Scope, name: n.Name, found: core.Expr) -> None:
    """Note the two spellings of what a name was found to be."""
    column = scope.group.column(name.id) if isinstance(found, core.GroupKey) and scope.group is not None else None
    if column is not None:
        world.use(name.span, column.name, column.swedish)
    elif isinstance(found, core.LetRef | core.GroupKey):
        world.use(name.span, *scope.spellings.get(name.id, (name.id, "")))
    elif isinstance(found, core.Param):
        parameter = scope.parameters[name.id]
        world.use(name.span, parameter.name, parameter.swedish)
    else:
        assert isinstance(found, core.ColumnRef)
        fact = next(r.fact for r in scope.rows if r.row == found.row)
        column = fact.column(found.name)
        assert column is not None
        world.use(name.span, column.name, column.swedish)


def _language_name(world: World, scope: Scope, name: n.Name, expected: t.Type | None) -> core.Expr:
    span = name.span
    if name.id in scope.subtotals:
        return core.Amount(name.id, scope.subtotals[name.id], type=t.Num(KRONA), span=span)
    table = world.tables.get(name.id)
    if table is not None:
        world.use(span, table.name, table.swedish)
        return core.TableRef(table.name, type=t.Table(table.signature), span=span)
    match world.core_name(name, "base", "period", "month", "previous", "yes", "no"):
        case "base":
            return core.Amount("base", (), type=t.Num(KRONA), span=span)
        case "period":
            return core.PeriodRef("period", type=t.Period(), span=span)
        case "month" if scope.month:
            return core.PeriodRef("month", type=t.Period(), span=span)
        case "previous" if scope.previous is not None:
            return core.Previous(type=scope.previous, span=span)
        case "yes" | "no" as word:
            return core.Const(YES_NO[word], name.id, type=t.Bool(), span=span)
        case "month" | "previous" if not world.is_unit(name.id):
            world.report(problems.NOT_HERE, span, name=name.id)
            return core.Absorbed(type=t.Unknown(), span=span)
        case _:
            pass
    if name.id in world.forms and scope.clauses is not None:
        keys = clause_keys(world, scope, name)
        return core.Amount("", keys, type=t.Num(KRONA), span=span)
    return _unknown(world, scope, name, expected)


def _unknown(world: World, scope: Scope, name: n.Name, expected: t.Type | None) -> core.Expr:
    if name.id in scope.later:
        world.report(problems.USED_BEFORE, name.span, name=name.id)
    elif isinstance(expected, t.Choice):
        what = "valet" if world.language == "sv" else "the choice"
        world.unknown(problems.WRONG_WORD, name, expected.words, what=what, found=name.id)
    elif world.is_unit(name.id):
        world.report(problems.UNIT_DIVIDED, name.span, name=name.id)
    elif any(row.fact.column(name.id) for row in scope.rows):
        row = next(row for row in scope.rows if row.fact.column(name.id))
        column = row.fact.column(name.id)
        assert column is not None
        if row.own_lets or row.bare or column.name not in row.columns:
            return row_column(world, row, name)
        world.report(problems.BY_ITS_ALIAS, name.span, name=name.id, alias=row.row)
    else:
        known = [*pairs(scope.parameters.values()), *pairs(world.tables.values()), *core_pairs(("base", "period"))]
        for row in scope.rows:
            known += pairs(row.fact.columns)
        code = f'"{name.id}"' if isinstance(expected, t.Code) else ""
        world.unknown(problems.UNKNOWN_NAME, name, [*known, *scope.lets, *scope.subtotals], otherwise=code)
    return core.Absorbed(type=t.Unknown(), span=name.span)


# --- clauses


def path_text(e: n.Expr) -> str:
    """A reference to a clause as its key is written: `withheld["Kvalitet"]/p4p[113]`; empty when it is no reference."""
    match e:
        case n.Name(name):
            return name
        case n.Lookup(of, (key,)):
            inner, own = path_text(of), key_text(key)
            return f"{inner}{own}" if inner and own else ""
        case n.Chain(first, rest) if all(op == "/" for op, _ in rest):
            parts = [path_text(part) for part in (first, *(part for _, part in rest))]
            return "/".join(parts) if all(parts) else ""
        case _:
            return ""


def key_text(key: n.Expr) -> str:
    """The key of a clause as written in its path."""
    match key:
        case n.Number():
            return f"[{key.text}]"
        case n.Name(name):
            return f"[{name}]"
        case n.Text(value):
            return f'["{value}"]'
        case _:
            return ""


@lru_cache(maxsize=20_000)
def split_path(path: str) -> list[tuple[str, str]]:
    """A key path as (form, label or code) pairs."""
    parts: list[tuple[str, str]] = []
    rest = path
    while rest:
        name, _, tail = rest.partition("[")
        if "/" in name or not tail:
            name, _, rest = rest.partition("/")
            parts.append((name, ""))
            continue
        quote = tail.startswith('"')
        key, _, rest = tail[1:].partition('"]') if quote else tail.partition("]")
        parts.append((name, key))
        rest = rest.removeprefix("/")
    return parts


def clause_keys(world: World, scope: Scope, e: n.Expr) -> tuple[str, ...]:
    """The keys of the clauses that a reference names: one clause by its path, or all of a form."""
    path = path_text(e)
    wanted = split_path(path) if path else []
    assert scope.clauses is not None
    _note_forms(world, e)
    known = world.paths.get(path)
    if known is not None and known[0] is scope.clauses and known[1] == len(scope.clauses):
        return known[2]
    if not wanted:
        world.report(problems.NOT_A_CLAUSE, e.span)
        return ()
    found = tuple(key for key in _ending(scope.clauses, wanted[-1][1]) if matches(world, key, wanted))
    if not found:
        labels = [(key, world.key(key)) for key in scope.clauses] if len(world.found) < MAX_PROBLEMS else []
        world.unknown(problems.UNKNOWN_CLAUSE, n.Name(path, span=e.span), labels)
        return ()
    world.paths[path] = (scope.clauses, len(scope.clauses), found)
    return found


def _ending(clauses: Mapping[str, object], label: str) -> Sequence[str]:
    """The keys of clauses whose last label is `label`; all when it is empty."""
    if not label:
        return tuple(clauses)
    return [key for key in clauses if key.endswith((f'["{label}"]', f"[{label}]"))]


def _note_forms(world: World, e: n.Expr) -> None:
    match e:
        case n.Name(name):
            form = world.forms.get(name) or world.models.get(name)
            if form is not None:
                world.use(e.span, form.name, form.swedish)
        case n.Lookup(of, _):
            _note_forms(world, of)
        case n.Chain(first, rest):
            _note_forms(world, first)
            for _, part in rest:
                _note_forms(world, part)
        case _:
            pass


def matches(world: World, key: str, wanted: list[tuple[str, str]]) -> bool:
    """Whether a clause's key answers to a path; a path's end is enough when it is unambiguous by its own words."""
    own = split_path(key)
    if len(wanted) > len(own):
        return False
    tail = own[len(own) - len(wanted) :]
    for (form, label), (asked, asked_label) in zip(tail, wanted, strict=True):
        known = world.forms.get(asked)
        if form not in (asked, known.name if known else ""):
            return False
        if asked_label and asked_label != label:
            return False
    return True
