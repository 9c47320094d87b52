"""The formatter's laws on generated trees and on every contract, and its layout on small cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from golden import cases, stem
from hypothesis import example, given
from strategies import expressions, flat, modules

from dsl import nodes as n
from dsl.blocks import takes_block
from dsl.formatter import format_module, format_text
from dsl.lexicon import LANGUAGES
from dsl.parse import parse
from dsl.spans import NOWHERE
from dsl.words import Words, decimal, language_of

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted(
    path.relative_to(ROOT) for folder in ("contracts", "stdlib_rules") for path in (ROOT / folder).rglob("?*.avtal")
)


def module_of(*statements: n.Statement) -> n.Module:
    return n.Module("", "", tuple(n.Line(statement) for statement in statements))


def comments(lines: tuple[n.Line, ...]) -> list[str]:
    found: list[str] = []
    for line in lines:
        found += [text for text in line.before if text]
        found += [line.comment] if line.comment else []
        found += comments(line.block)
    return found


def check_laws(module: n.Module) -> None:
    if not module.text:  # a tree without a text has no vocabulary of its own
        written = parse(format_module(module))
        assert [d for d in written.diagnostics if d.is_error] == [], written.module.text
        assert written.module == module, written.module.text
        module = written.module
    once = format_module(module)
    again = parse(once)
    assert again.module == module, once
    assert format_module(again.module) == once
    assert comments(again.module.lines) + [text for text in again.module.after if text] == comments(module.lines) + [
        text for text in module.after if text
    ]
    for language in LANGUAGES:
        turned = parse(format_module(module, language))
        assert [d for d in turned.diagnostics if d.is_error] == []
        back = format_module(turned.module, "en")
        assert parse(format_module(parse(back).module, "sv")).module == parse(format_module(module, "sv")).module


@pytest.mark.parametrize("kind", sorted(flat))
def test_laws_for_every_statement(kind: str) -> None:
    @given(flat[kind])
    def laws(statement: n.Statement) -> None:
        check_laws(module_of(statement))

    laws()


@given(modules(takes_block))
def test_laws_for_blocks(module: n.Module) -> None:
    check_laws(module)


@given(expressions)
@example(n.Chain(n.Name("spell"), (("of", n.Name("a")),)))
@example(n.Chain(n.Number(Fraction(5), "spell", "5"), (("of", n.Name("a")),)))
@example(n.Chain(n.Lookup(n.Name("a"), (n.Text("x"),)), (("/", n.Name("b")), ("/", n.Name("c"))), tight=True))
@example(n.Minus(n.Minus(n.Number(Fraction(1), "", "1"))))
def test_laws_for_expressions(e: n.Expr) -> None:
    check_laws(
        module_of(n.Let(n.Name("x"), e), n.Clause(n.Name("x"), (n.Item(e),) if not isinstance(e, n.Group) else ()))
    )


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_laws_for_every_contract(path: Path) -> None:
    parsed = parse((ROOT / path).read_text("utf-8"), str(path))
    assert [d for d in parsed.diagnostics if d.is_error] == []
    check_laws(parsed.module)


@pytest.mark.parametrize("path", cases("format"), ids=stem)
def test_cases(path: Path, golden: Callable[[Path, str], None]) -> None:
    parsed = parse(path.read_text("utf-8"))
    assert [d for d in parsed.diagnostics if d.is_error] == []
    check_laws(parsed.module)
    golden(path, "".join(f"--- {to}\n{format_module(parsed.module, to)}" for to in (None, "en", "sv")))


def test_a_text_with_errors_is_left_alone() -> None:
    text = "let   a = \nlet b=1\n"
    assert format_text("let a = = 1\n  b\n")[0] == "let a = = 1\n  b\n"
    assert format_text(text)[0] == "let a =\nlet b = 1\n"
    assert format_text("let a = 1,500 kr\n")[1][0].code == "AV020"
    assert format_text("låt a = 1,5 kr", to="en") == ("let a = 1.5 kr\n", ())


def test_lines_and_expressions_that_could_not_be_read_stay_as_they_stood() -> None:
    text = "let a = = 1\nlet b =  801A + 1\n"
    assert format_module(parse(text).module) == "let a = = 1\nlet b = 801A + 1\n"


def test_trees_that_no_text_gives_are_written_too() -> None:
    cases_ = n.Cases((n.Case(n.Name("a"), n.Name("b")),), None)
    total = n.Aggregate("sum", None, None)
    assert format_module(module_of(n.Ends(cases_), n.Ends(total))) == "ends when a then b\nends sum of\n"


def test_names_are_renamed_by_their_place() -> None:
    text = 'avtal "x"\n  pris 1,5 kr/besök antal 1,5\n  | a   | b |\n  | 2,5 | 1 |\nlåt y = pris * 2 drg_poäng + 1,5\n'
    module = parse(text).module
    rename = {}
    clause = module.lines[0].block[0].statement
    assert isinstance(clause, n.Clause)
    rename[clause.head.span] = "price"
    count, number = clause.items[2].value, clause.items[3].value
    assert isinstance(count, n.Name)
    assert isinstance(number, n.Number)
    rename |= {count.span: "code", number.span: "1,5"}
    row = module.lines[0].block[2].statement
    assert isinstance(row, n.TableRow)
    rename[row.cells[0].span] = "2.5"
    let = module.lines[1].statement
    assert isinstance(let, n.Let)
    assert isinstance(let.value, n.Chain)
    product = let.value.first
    assert isinstance(product, n.Chain)
    amount = product.rest[0][1]
    assert isinstance(amount, n.Number)
    rename[amount.unit_span] = "drg_points"
    assert format_module(module, "en", rename) == (
        'avtal "x"\n  price 1.5 kr/visit code 1,5\n  |   a | b |\n  | 2.5 | 1 |\nlet y = pris * 2 drg_points + 1.5\n'
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("p4p", "en"),
        ("låt a = 1", "sv"),
        ('avtal "let when"\n# let when', "sv"),
        ("låt a = 1\nlet b = 2", "en"),
    ],
)
def test_the_vocabulary_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_mixed_text_is_brought_into_the_words_it_mostly_uses() -> None:
    assert format_text("låt a = när b then 1 annars 2\n")[0] == "låt a = när b då 1 annars 2\n"


def test_numbers_from_values() -> None:
    assert [decimal(Fraction(text)) for text in ("0", "100", "0.5", "12.000001")] == ["0", "100", "0.5", "12.000001"]
    with pytest.raises(ValueError, match="can't be written"):
        decimal(Fraction(1, 3))
    words = Words("sv", convert=True)
    assert words.number(n.Number(Fraction(40000)), group=True) == "40 000"
    assert words.digits("no digits", group=True) == "no digits"
    assert n.Number(Fraction(1)).span == NOWHERE
