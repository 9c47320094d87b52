"""Modules of every kind of statement and expression, for Hypothesis: trees that the parser itself could give.

A tree is not any tree: a parser gives no chain of one operand, no member of a set that is a set, and no name that is a
word of the language. Names that begin a phrase of the language (`spell`, `at`) are drawn often where they are allowed,
for two of them side by side must not become the phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dsl import nodes as n
from dsl.lexicon import TERMINAL

_PHRASE_PARTS = sorted({word for phrase in TERMINAL if " " in phrase for word in phrase.split()} - set(TERMINAL))
_PLAIN = ["a", "total", "pris", "mål", "över_mål", "base", "bas", "month", "kr", "days", "x1", "_", "é"]
_UNITS = ["", "", "kr", "%", "mkr/year", "kr/visit", "%/år", "drg_point", "days", "at"]

plain_names = st.sampled_from(_PLAIN).map(n.Name)
"""Names that spell no phrase with what stands beside them."""

names = st.sampled_from([*_PLAIN, *_PHRASE_PARTS, "kr/drg_point", "b/%"]).map(n.Name)
"""Names as they stand in expressions."""

texts = st.text("abc åÄé#()|[]-,.%1", max_size=8).map(n.Text)
dates = st.dates().filter(lambda day: 1900 <= day.year <= 2199).map(lambda day: n.Date(day.isoformat())) | st.just(
    n.Date("2012-02")
)


@st.composite
def numbers(draw: st.DrawFn, unit: bool = True) -> n.Number:  # noqa: FBT001, FBT002  # whether it may have one
    whole = draw(st.integers(0, 10**6) | st.integers(0, 10**18 - 1))
    digits = draw(st.sampled_from(["", "5", "05", "500000", "250"]))
    text = f"{whole}{draw(st.sampled_from(',.'))}{digits}" if digits else str(whole)
    kind = draw(st.sampled_from(_UNITS)) if unit else ""
    return n.Number(Fraction(text.replace(",", ".")), kind, text)


def _several(member: SearchStrategy[n.Expr], least: int = 1) -> SearchStrategy[tuple[n.Expr, ...]]:
    return st.lists(member, min_size=least, max_size=3).map(tuple)


def _no_lone_decimal(members: tuple[n.Expr, ...]) -> bool:
    """`x in (1,2)` is refused as two members forgotten to be parted."""
    return not (len(members) == 1 and (isinstance(members[0], n.Group) or _has_comma(members[0])))


def _has_comma(e: n.Expr) -> bool:
    return isinstance(e, n.Number) and "," in e.text


def _chains(operand: SearchStrategy[n.Expr], signs: list[str]) -> SearchStrategy[n.Expr]:
    rest = st.lists(st.tuples(st.sampled_from(signs), operand), min_size=1, max_size=3).map(tuple)
    return st.builds(n.Chain, operand, rest, st.booleans())


def _extended(inner: SearchStrategy[n.Expr]) -> SearchStrategy[n.Expr]:
    maybe = st.none() | inner
    window = (
        st.builds(n.Window, st.just(""), maybe)
        | st.builds(n.Window, st.sampled_from(["before", "after"]), inner, inner)
    )  # fmt: skip
    rows = st.builds(n.Rows, plain_names, st.none() | plain_names, st.booleans(), st.none() | window, maybe)
    over = st.none() | rows
    aggregates = st.builds(
        n.Aggregate,
        st.sampled_from(["sum", "running", "mean", "lowest", "highest"]),
        inner,
        over,
        st.booleans(),
        maybe,
        maybe,
    )
    percentiles = st.builds(n.Aggregate, st.just("percentile"), inner, over, st.booleans(), maybe, maybe, inner)
    counts = st.builds(n.Aggregate, st.just("count"), st.none(), over)
    distinct = st.builds(n.Aggregate, st.just("distinct"), inner, over)
    cases = st.builds(n.Cases, st.lists(st.builds(n.Case, inner, inner), min_size=1, max_size=3).map(tuple), inner)
    compare = st.builds(n.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner)
    postfix = (
        st.builds(n.Member, inner, plain_names)
        | st.builds(n.Lookup, inner, _several(inner))
        | st.builds(n.Call, plain_names, st.lists(inner, max_size=3).map(tuple))
        | st.builds(n.Group, _several(inner, 2))
    )
    logic = (
        st.builds(n.Not, inner)
        | st.builds(n.Logic, st.sampled_from(["and", "or"]), _several(inner, 2))
        | compare
        | st.builds(n.Among, inner, _several(inner).filter(_no_lone_decimal))
        | st.builds(n.Between, inner, inner, inner)
        | st.builds(n.Presence, inner, st.booleans())
    )
    arithmetic = (
        st.builds(n.Minus, inner)
        | _chains(inner, ["+", "-"])
        | _chains(inner, ["*", "/", "of"])
        | st.builds(n.Else, inner, inner)
        | st.builds(n.Rounded, inner, inner)
    )
    picks = st.builds(n.Pick, st.sampled_from(["latest", "earliest", "exists"]), rows)
    return postfix | logic | arithmetic | cases | aggregates | percentiles | counts | distinct | picks


expressions: SearchStrategy[n.Expr] = st.recursive(names | numbers() | texts | dates, _extended, max_leaves=8)
"""Any expression."""


@st.composite
def items(draw: st.DrawFn) -> tuple[n.Item, ...]:
    """The atoms of a clause line. Two numbers side by side are refused, so there is a word between them."""
    atoms = draw(
        st.lists(
            st.one_of(
                expressions.filter(lambda e: not isinstance(e, n.Group)),
                numbers(unit=False),
                numbers(unit=False).map(n.Minus),
                st.just(n.Name("%")),
                st.sampled_from(["of", "from", "to", ","]),
            ),
            max_size=5,
        )
    )
    made: list[n.Item] = []
    for atom in atoms:
        item = n.Item(None, atom) if isinstance(atom, str) else n.Item(atom)
        if made and _ends_in_digits(made[-1]) and _ends_in_digits(item):
            made.append(n.Item(n.Name("x1")))
        made.append(item)
    return tuple(made)


def _ends_in_digits(item: n.Item) -> bool:
    value = item.value.of if isinstance(item.value, n.Minus) else item.value
    return item.word == "," or (isinstance(value, n.Number) and not value.unit)


_alias = st.none() | plain_names
_listed = st.lists(plain_names, min_size=1, max_size=3).map(tuple)
_words = st.lists(plain_names | st.just(n.Name("optional")) | st.just(n.Name("%")), max_size=2).map(tuple)
_bounds = st.tuples(expressions, st.none() | expressions) | st.just((None, None))
_signature_items = st.lists(
    st.builds(
        lambda name, alias, words, bounds: n.SignatureItem(name, alias, words, *bounds),
        plain_names,
        _alias,
        _words,
        _bounds,
    ),
    min_size=1,
    max_size=3,
).map(tuple)
_signatures = st.builds(n.Signature, _signature_items, _signature_items)
_types = (
    st.builds(
        lambda words, bounds, optional: n.TypeWords(words, *bounds, optional),
        st.lists(plain_names | st.just(n.Name("%")), min_size=1, max_size=2).map(tuple),
        _bounds,
        st.booleans(),
    )
    | st.builds(
        n.TypeChoice, st.lists(st.builds(n.ChoiceWord, plain_names, _alias), min_size=1).map(tuple), st.booleans()
    )
    | st.builds(n.TypeTable, _signatures)
)
_maybe = st.none() | expressions
_pays = st.builds(n.Pays, st.none() | texts, _maybe)
_gives = st.builds(n.Gives, plain_names, _maybe, st.none() | plain_names)
_consequence = st.none() | expressions | _pays | _gives
_each_rows = st.builds(
    n.Rows, plain_names, _alias, st.booleans(), st.none() | st.builds(n.Window, st.just(""), _maybe), _maybe
)
_cells = st.builds(
    n.Cell,
    st.sampled_from(["", "kod", "I10*", "0-6", "12", "38500 kr", "2,3 %", '"a|b"', "från", "to", "2012-01-01", "-5"])
    | st.text("ab1 ,", max_size=6).map(str.strip),
)
_several_expressions = st.lists(expressions, min_size=1, max_size=3).map(tuple)

flat: dict[str, SearchStrategy[n.Statement]] = {
    "clause": st.builds(n.Clause, plain_names, items()),
    "use": st.builds(n.Use, _listed),
    "define": st.builds(n.Define, st.sampled_from(["form", "model", "fact", "index"]), plain_names, _alias),
    "unit": st.builds(n.DefineUnit, _listed, st.just(()) | _listed, _maybe),
    "table": st.builds(n.DefineTable, plain_names, _alias, _signatures),
    "declare": st.builds(n.Declare, st.sampled_from(["param", "column"]), plain_names, _alias, _types, _maybe),
    "let": st.builds(n.Let, plain_names, _maybe, st.none() | plain_names),
    "pays": _pays,
    "gives": _gives,
    "when": st.builds(n.When, expressions, _consequence),
    "otherwise": st.builds(n.Otherwise, _consequence),
    "each": st.builds(n.Each, _each_rows, st.lists(plain_names, max_size=2).map(tuple), _maybe),
    "requires": st.builds(n.Requires, expressions, texts, st.none() | texts),
    "unsettled": st.builds(n.Unsettled, expressions, texts, st.none() | texts),
    "needs": st.builds(n.Needs, plain_names, _listed),
    "inside": st.builds(n.Inside, plain_names, expressions),
    "since": st.builds(n.Since, dates, st.none() | dates, _maybe),
    "example": st.builds(n.Example, texts),
    "given": st.builds(n.Given, _several_expressions),
    "expect": st.builds(n.Expect, _several_expressions),
    "always": st.builds(n.Always, expressions, st.none() | texts),
    "subtotal": st.builds(n.Subtotal, plain_names, _several_expressions),
    "amend": st.builds(n.Amend, texts, dates),
    "ends": st.builds(n.Ends, expressions),
    "sentence": st.builds(n.Sentence, texts),
    "source": st.builds(n.Source, texts),
    "outside": st.just(n.OutsideBase()),
    "row": st.builds(n.TableRow, st.lists(_cells, min_size=1, max_size=4).map(tuple)),
}
"""Every kind of statement by a name of its own."""

_comments = st.sampled_from(["# why", "# 80 % (av)", '#"'])
_before = st.lists(_comments | st.just(""), max_size=3).map(tuple)


def _lines(blocks: SearchStrategy[tuple[n.Line, ...]]) -> SearchStrategy[tuple[n.Line, ...]]:
    statements = st.one_of(list(flat.values()))
    return st.lists(st.builds(n.Line, statements, blocks, _before, st.just("") | _comments), max_size=4).map(tuple)


def _with_block(takes: Callable[[n.Statement], bool]) -> Callable[[tuple[n.Line, ...]], tuple[n.Line, ...]]:
    def pruned(lines: tuple[n.Line, ...]) -> tuple[n.Line, ...]:
        return tuple(
            n.Line(line.statement, line.block if takes(line.statement) else (), line.before, line.comment)
            for line in lines
        )

    return pruned


def modules(takes: Callable[[n.Statement], bool]) -> SearchStrategy[n.Module]:
    """Modules of lines in blocks; `takes` says below which statements lines may be indented."""
    lines: SearchStrategy[tuple[n.Line, ...]] = st.recursive(st.just(()), _lines, max_leaves=4).map(_with_block(takes))
    return st.builds(n.Module, st.just(""), st.just(""), lines, _before)
