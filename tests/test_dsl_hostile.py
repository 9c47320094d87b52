"""Texts from strangers: each gives a typed diagnostic in bounded time, in a process that is killed if it does not.

A file of `tests/hostile/` bears the code of the problem it must give: `AV004-bidi-override.avtal`. Larger ones are made
here. The bounds are generous (the machine may be busy); `bench/parse.py` prints what is measured.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dsl.cells import NUMBER_CELL
from dsl.formatter import format_module, format_text
from dsl.lexicon import TERMINAL
from dsl.limits import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, MAX_TOKENS
from dsl.parse import parse, parse_bytes, parse_expression
from dsl.tables import tables
from dsl.words import language_of

HOSTILE = Path(__file__).parent / "hostile"
FILES = sorted(HOSTILE.glob("*.avtal"))
KILL = 60
"""Seconds after which a child is killed."""

CHILD = """
import sys
from dsl.formatter import format_module
from dsl.parse import parse_bytes
parsed = parse_bytes(sys.stdin.buffer.read(), "x")
format_module(parsed.module)
print(" ".join(sorted({d.code for d in parsed.diagnostics})), len(parsed.diagnostics))
"""


def codes_of(text: str | bytes) -> tuple[set[str], int]:
    """The codes of a text's problems and how many there are, read and laid out in a child process."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    root = Path(__file__).resolve().parents[1]
    child = subprocess.run(
        [sys.executable, "-c", CHILD], input=data, capture_output=True, timeout=KILL, check=False, cwd=root
    )
    assert child.returncode == 0, child.stderr.decode()[-2000:]
    *codes, count = child.stdout.decode().split()
    return set(codes), int(count)


def test_the_corpus_is_whole() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    started = time.perf_counter()
    parsed = parse_bytes(path.read_bytes(), path.name)
    assert time.perf_counter() - started < 5
    assert path.name.split("-")[0] in {found.code for found in parsed.diagnostics}
    for found in parsed.diagnostics:
        assert found.is_error
        for language in ("en", "sv"):
            assert found.message(language)
            assert found.help(language)
    format_module(parsed.module)


NESTED = {
    "parentheses": lambda depth: "(" * depth + "a" + ")" * depth,
    "brackets": lambda depth: "a[" * depth + "1" + "]" * depth,
    "calls": lambda depth: "f(" * depth + "1" + ")" * depth,
    "sums in parentheses": lambda depth: "(1 + " * depth + "a" + ")" * depth,
    "not": lambda depth: "not " * depth + "a",
    "minus": lambda depth: "-" * depth + "a",
    "else": lambda depth: "a else " * depth + "b",
    "members": lambda depth: "a" + ".b" * depth,
    "lookups": lambda depth: "a" + "[1]" * depth,
    "otherwise": lambda depth: "when a then b otherwise " * depth + "c",
    "aggregates": lambda depth: "(sum of " * depth + "a" + ")" * depth,
    "conditions": lambda depth: "(count of f where " * depth + "a" + ")" * depth,
    "windows": lambda depth: "(latest f in " * depth + "a" + ")" * depth,
}


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1])
@pytest.mark.parametrize("kind", NESTED)
def test_at_the_limit_of_depth(kind: str, depth: int) -> None:
    text = f'requires {NESTED[kind](depth)} "why"\n'
    parsed = parse(text)
    if depth <= MAX_DEPTH:
        assert parsed.diagnostics == ()
        assert parse(format_module(parsed.module)).module == parsed.module
        assert hash(parsed.module) == hash(parse(text).module)
        assert repr(parsed.module)
    else:
        assert [found.code for found in parsed.diagnostics] == ["AV011"]
        assert format_text(text)[0] == text


@pytest.mark.parametrize("depth", [10**3, 10**4, 10**5, 10**6])
@pytest.mark.parametrize("kind", NESTED)
def test_far_beyond_the_limit_of_depth(kind: str, depth: int) -> None:
    text = f"let a = {NESTED[kind](depth)}\n"
    codes, _ = codes_of(text)
    assert codes == {"AV009"} if len(text) > MAX_BYTES else codes - {"AV010"} == {"AV011"}


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 400])
def test_depth_of_blocks(depth: int) -> None:
    text = "".join(f"{'  ' * level}a\n" for level in range(depth))
    parsed = parse(text)
    assert [found.code for found in parsed.diagnostics] == (["AV011"] if depth > MAX_DEPTH else [])
    format_module(parsed.module)


def test_depth_of_a_cell() -> None:
    for depth, codes in ((MAX_DEPTH, []), (MAX_DEPTH + 1, ["AV011"]), (10**5, ["AV011"])):
        _, found = parse_expression("(" * depth + "1" + ")" * depth, "", 0)
        assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("#" * MAX_BYTES, set()),
        ("#" * (MAX_BYTES + 1), {"AV009"}),
        ("#" * 10**8, {"AV009"}),
        ("a " * (MAX_TOKENS // 2) + "\n" + "a " * (MAX_TOKENS - MAX_TOKENS // 2), set()),
        ("a " * MAX_TOKENS + "\nb", {"AV010"}),
        ("\n" * MAX_BYTES, set()),
        ("a\n" * (MAX_BYTES // 2), {"AV010"}),
        ("(\n" * (MAX_BYTES // 2), {"AV007", "AV030"}),
        ("(" * MAX_BYTES, {"AV011"}),
        (")" * MAX_BYTES, {"AV025"}),
        (")\n" * (MAX_BYTES // 2), {"AV025", "AV030"}),
        ('"' * MAX_BYTES, {"AV010", "AV037"}),
        ('"\n' * (MAX_BYTES // 2), {"AV008", "AV030"}),
        ("|" * MAX_BYTES, {"AV010"}),
        ("| a " * (MAX_BYTES // 4), {"AV018"}),
        ('|"' * (MAX_BYTES // 2 - 1) + "|", {"AV008"}),
        ('|""' * (MAX_BYTES // 3 - 1) + "|", {"AV010"}),
        ("\t\n" * (MAX_BYTES // 2), {"AV005", "AV030"}),
        ("a\n   b\n" * 20000, {"AV006", "AV030"}),
        ("\u202e" * (MAX_BYTES // 3), {"AV004"}),
        ("\u202e\n" * (MAX_BYTES // 4), {"AV004", "AV030"}),
        ("@\n" * (MAX_BYTES // 2), {"AV003", "AV030"}),
        ("let let\n" * (MAX_BYTES // 8), {"AV019", "AV030"}),
        ("a = 1\n" * (MAX_BYTES // 6), {"AV032", "AV030"}),
        ("9" * MAX_BYTES, {"AV012"}),
        ("p4p " + "1 " * (MAX_TOKENS - 1), set()),
        ("p4p " + "1 234 " * (MAX_BYTES // 7), set()),
        ("p4p " + "1,2" * (MAX_BYTES // 4), {"AV010", "AV028"}),
        ("let a = " + "1 + " * (MAX_TOKENS // 2 - 2) + "1", set()),
        ("let a = " + "b or " * (MAX_TOKENS // 2 - 2) + "b", set()),
        ("let a = f(" + "1, " * (MAX_TOKENS // 2 - 4) + "1)", set()),
        ("let a = f(\n" + "  1,\n" * 20000 + "  1)", set()),
        ("let a = (" + " " * (MAX_BYTES - 20) + "1)", set()),
        ("a" * MAX_BYTES, {"AV036"}),
        ("a/" * (MAX_BYTES // 2), {"AV001", "AV010"}),
        ("rounded " * (MAX_BYTES // 8), set()),
        ("rounded" + " " * (MAX_BYTES - 20) + "x", set()),
        ("x" + " #" * (MAX_BYTES // 2 - 1), set()),
        ("".join(f"{' ' * level}a\n" for level in range(700)), {"AV006", "AV011"}),
        ("let a = 1\r" * (MAX_BYTES // 10), {"AV004"}),
        (b"\xff" * MAX_BYTES, {"AV031"}),
        (b"p4p \x00\n" * 40000, {"AV004", "AV030"}),
        ("\ud800" * 1000, {"AV031"}),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, str | bytes) else None,
)
def test_at_the_limits_of_size(text: str | bytes, codes: set[str]) -> None:
    found, count = codes_of(text)
    assert found == codes
    assert count <= MAX_PROBLEMS + 1


def test_one_mistake_in_a_long_line_is_one_problem() -> None:
    assert codes_of("p4p " + "a " * 49_000 + "@")[1] == 1


ADVERSARIAL = (
    *("1", "1 ", "1 234", "1 234,", "12 345 ", "0.", '"', '"a', "a", "a/", "%", "%/a", "2012-", "2012-01-", " ", "\n"),
    *("rounded ", "of all ", "kr", "å", "-", "<", "1a", "a1", "\u00a0", "1\u00a0234"),
)
PATTERNS = {
    **{name: f"(?P<{name}>{pattern})" for name, pattern in re.findall(
        r"\(\?P<(\w+)>(.*?)\)(?=\|\(\?P<|$)", tables().lexer.pattern, flags=re.DOTALL)},
    "cell": NUMBER_CELL.pattern,
}  # fmt: skip


def test_every_terminal_is_looked_at() -> None:
    assert set(tables().lexer.groupindex) | {"cell"} == set(PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_terminal_takes_long(name: str) -> None:
    pattern = re.compile(PATTERNS[name])
    for piece in ADVERSARIAL:
        for text in (piece * (65536 // len(piece)), piece * (65536 // len(piece)) + "!"):
            started = time.perf_counter()
            pattern.match(text)
            pattern.fullmatch(text)
            assert time.perf_counter() - started < 1, (name, piece)


PIECES = st.sampled_from(
    (
        *sorted(TERMINAL),
        *(
            "a",
            "kr",
            "113",
            "38 500",
            "80%",
            "2012-01-01",
            '"x"',
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "=",
            "->",
            "|",
            "+",
            "-",
        ),
        *("*", "/", "<", ":", "\n", "\n  ", "\n    ", "# c", '"', "@", "\t", "\u202e", "1,500", "801A"),
    )
)


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_gives_a_tree_of_all_its_lines(text: str) -> None:
    parsed = parse(text, "x")
    assert {found.span.file for found in parsed.diagnostics} <= {"x"}
    assert all(found.message("sv") and found.message("en") for found in parsed.diagnostics)
    assert all(found.help("sv") is not None and found.help("en") is not None for found in parsed.diagnostics)
    laid_out, again = format_text(text)
    assert len(again) == len(parsed.diagnostics)
    if any(found.is_error for found in parsed.diagnostics):
        assert laid_out == text
    else:
        assert parse(laid_out).module == parsed.module
        assert format_text(laid_out)[0] == laid_out
    assert language_of(text) in ("en", "sv")


@given(st.binary(max_size=60))
def test_any_bytes_give_a_tree(data: bytes) -> None:
    assert parse_bytes(data, "x").module.file == "x"
