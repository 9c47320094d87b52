"""Text to tree: golden pairs of every statement, expression and slip, and what a golden pair can't show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from golden import CASES, cases, dump, problems, stem

from dsl import nodes as n
from dsl.dates import parse_end
from dsl.diagnostics import Diagnostic, Problem, Severity, nearest
from dsl.lalr import as_token, as_tree
from dsl.limits import MAX_BYTES, MAX_PROBLEMS, MAX_TOKENS
from dsl.parse import parse, parse_bytes, parse_expression
from dsl.spans import NOWHERE, Span, place


@pytest.mark.parametrize("path", cases("parse"), ids=stem)
def test_cases(path: Path, golden: Callable[[Path, str], None]) -> None:
    parsed = parse(path.read_text("utf-8"), path.name)
    golden(path, problems(parsed.module.text, parsed.diagnostics) + "---\n" + dump(parsed.module.lines))


def test_every_expected_file_has_its_case() -> None:
    orphans = [path for path in CASES.rglob("*.expected") if not path.with_suffix(".avtal").is_file()]
    assert orphans == []


def test_both_vocabularies_give_one_tree() -> None:
    english, swedish = (
        parse((CASES / "parse" / f"statements_{language}.avtal").read_text("utf-8")) for language in ("en", "sv")
    )
    assert english.diagnostics == swedish.diagnostics == ()
    assert english.module == swedish.module


def test_the_card_s_line() -> None:
    (line,) = parse("p4p indicator 113 min 80% target 95% weight 2%").module.lines
    assert isinstance(line.statement, n.Clause)
    assert line.statement.head.id == "p4p"
    words = [item.value.id for item in line.statement.items if isinstance(item.value, n.Name)]
    assert words == ["indicator", "min", "%", "target", "%", "weight", "%"]
    numbers = [item.value.value for item in line.statement.items if isinstance(item.value, n.Number)]
    assert numbers == [113, 80, 95, 2]


def test_spans_are_the_words_they_name() -> None:
    text = 'let total = (a + b["c"]) * 2 kr\n  p4p weight 38 500 kr\n'
    first = parse(text, "x").module.lines[0]
    assert isinstance(first.statement, n.Let)
    product = first.statement.value
    assert isinstance(product, n.Chain)
    assert text[product.span.start : product.span.end] == '(a + b["c"]) * 2 kr'
    total = product.first
    assert isinstance(total, n.Chain)
    assert text[total.span.start : total.span.end] == 'a + b["c"]'
    amount = product.rest[0][1]
    assert isinstance(amount, n.Number)
    assert text[amount.unit_span.start : amount.unit_span.end] == "kr"
    clause = first.block[0].statement
    assert isinstance(clause, n.Clause)
    assert [text[item.span.start : item.span.end] for item in clause.items] == ["weight", "38 500", "kr"]


def test_line_ends_accents_and_byte_order_mark_of_other_systems() -> None:
    plain = 'block "för jour"\n  belopp 5 kr\n'
    assert parse("\ufeff" + plain.replace("\n", "\r\n")).module == parse(plain).module
    assert parse(plain.replace("ö", "o\u0308")).module == parse(plain).module


def test_bytes() -> None:
    assert parse_bytes("låt a = 1\n".encode()).module == parse("låt a = 1\n").module
    (found,) = parse_bytes("a\r\nlåt b = 1\n".encode("cp1252"), "x").diagnostics
    assert (found.code, found.span, found.arguments["byte"]) == ("AV031", Span("x", 3, 4), "0xE5")
    (found,) = parse_bytes(b"#" * 600_000).diagnostics
    assert found.code == "AV009"


def test_an_expression_of_its_own() -> None:
    value, found = parse_expression("1 + 2 kr", "x", 40)
    assert found == ()
    assert isinstance(value, n.Chain)
    assert value.span == Span("x", 40, 48)
    first = value.first
    assert isinstance(first, n.Number)
    assert first.value == Fraction(1)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [("(1 + 2", "AV002", 9), ("", "AV002", 3), ("1 => 2", "AV024", 5), ("I10*", "AV029", 3), ("1 2 3 = =", "AV001", 5)],
)
def test_an_expression_that_can_t_be_read(text: str, code: str, at: int) -> None:
    value, (found, *_) = parse_expression(text, "", 3)
    assert isinstance(value, n.Bad)
    assert (found.code, found.span.start) == (code, at)


def test_a_date_in_a_cell_that_does_not_exist() -> None:
    value, (found,) = parse_expression("2013-02-30", "", 5)
    assert value == n.Date("2013-02-30")
    assert (found.code, found.span) == ("AV013", Span("", 5, 15))


def test_problems_speak_the_language_asked_for() -> None:
    (found,) = parse("requires x").diagnostics
    assert "expected a text" in found.help("en")
    assert "väntades en text" in found.help("sv")
    assert found.is_error


def test_a_suggestion_is_part_of_the_help() -> None:
    problem = Problem("AV000", "{found}?", "{found}?", "write it anew", "skriv om", Severity.WARNING)
    found = problem.at(NOWHERE, found="mn", suggestion="min")
    assert found.message("sv") == "mn?"
    assert found.help("sv") == "menade du `min`? skriv om"
    assert found.help("en") == "did you mean `min`? write it anew"
    assert Diagnostic(Problem("AV000", "", ""), NOWHERE, {"suggestion": "min"}).help("en") == "did you mean `min`?"
    assert not found.is_error


def test_the_nearest_word() -> None:
    assert nearest("weigth", ["target", "Weight"]) == "Weight"
    assert nearest("x", ["target"]) == ""


def test_the_ends_of_months() -> None:
    assert parse_end("2012-02") == date(2012, 2, 29)
    assert parse_end("2012-02-03") == date(2012, 2, 3)
    assert parse_end("2012-13") is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("#" * (MAX_BYTES + 1), {"AV009"}),
        ("a " * MAX_TOKENS + "\nb", {"AV010"}),
        (")\n" * (MAX_PROBLEMS + 5), {"AV025", "AV030"}),
        ("let\n" * (MAX_PROBLEMS + 5), {"AV002", "AV030"}),
    ],
    ids=["bytes", "tokens", "layout", "parser"],
)
def test_limits(text: str, codes: set[str]) -> None:
    found = parse(text).diagnostics
    assert {problem.code for problem in found} == codes
    assert len(found) <= MAX_PROBLEMS + 1


def test_places_and_spans() -> None:
    text = "a\nbc\n"
    at = place(text, Span("", 3, 4))
    assert (at.line, at.column, at.text) == (2, 2, "bc")
    assert place(text, Span("", 99, 99)).line == 3
    assert Span("x", 3, 4).to(Span("x", 7, 9)) == Span("x", 3, 9)


def test_every_problem_has_one_code() -> None:
    from dsl import problems as module

    codes = [value.code for value in vars(module).values() if isinstance(value, Problem)]
    assert len(codes) == len(set(codes))


def test_grammar_and_builder_must_agree() -> None:
    with pytest.raises(TypeError, match="tree"):
        as_tree(None)
    with pytest.raises(TypeError, match="token"):
        as_token(None)
