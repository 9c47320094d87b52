"""The Pygments lexer: lossless on any text, and a category for each kind of word."""

from __future__ import annotations

import time
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from golden import cases
from hypothesis import given, strategies as st
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, Operator, Punctuation, String, Token

from dsl.highlight import AvtalLexer

CONTRACTS = sorted((Path(__file__).resolve().parents[1] / "contracts").rglob("?*.avtal"))
PIECES = [
    "let",
    "unsettled when",
    "80%",
    "38 500 kr/visit",
    '"',
    "#",
    "|",
    "\n",
    " ",
    "  ",
    "2012-01-01",
    "p4p",
    "(",
    "→",
    "-",
]


def pairs(text: str) -> list[tuple[object, str]]:
    return [(kind, value) for kind, value in AvtalLexer().get_tokens(text) if value.strip()]


@given(st.text())
def test_any_text_comes_out_whole(text: str) -> None:
    assert "".join(value for _, _, value in AvtalLexer().get_tokens_unprocessed(text)) == text


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_of_the_language_s_pieces_comes_out_whole(text: str) -> None:
    assert "".join(value for _, value in AvtalLexer().get_tokens(text)) == text


@pytest.mark.parametrize("path", [*cases("format"), *CONTRACTS], ids=lambda path: path.stem)
def test_contracts_have_nothing_unknown(path: Path) -> None:
    text = path.read_text("utf-8")
    kinds = [kind for kind, _ in AvtalLexer().get_tokens(text)]
    assert Error not in kinds
    assert "".join(value for _, value in AvtalLexer().get_tokens(text)) == text


def test_kinds() -> None:
    assert pairs('p4p "x" min 80% target 38 500 kr/visit  # why') == [
        (Name.Function, "p4p"),
        (String, '"x"'),
        (Name, "min"),
        (Number, "80"),
        (Keyword.Type, "%"),
        (Name, "target"),
        (Number, "38 500"),
        (Keyword.Type, "kr/visit"),
        (Comment.Single, "# why"),
    ]
    assert pairs("oavgjort när f(base) >= 2012-01-01 och a") == [
        (Keyword.Declaration, "oavgjort när"),
        (Name.Function, "f"),
        (Punctuation, "("),
        (Name.Builtin, "base"),
        (Punctuation, ")"),
        (Operator, ">="),
        (Literal.Date, "2012-01-01"),
        (Keyword, "och"),
        (Name, "a"),
    ]
    assert pairs("  | hip | 2 kr |") == [
        (Punctuation, "|"),
        (Token.Text, "hip"),
        (Punctuation, "|"),
        (Number, "2"),
        (Keyword.Type, "kr"),
        (Punctuation, "|"),
    ]


def test_pygments_finds_it_by_name() -> None:
    project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    ((name, place),) = project["entry-points"]["pygments.lexers"].items()
    assert name in AvtalLexer.aliases
    assert EntryPoint(name, place, "pygments.lexers").load() is AvtalLexer


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "1 234", '"', "a/", "kr", "running ", "rounded  ", "|", '| "', "å", "1,", "%/a", "2012-", " ", "-"],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (65536 // len(piece))
    started = time.perf_counter()
    assert "".join(value for _, value in AvtalLexer().get_tokens(text)) == text
    assert time.perf_counter() - started < 5
