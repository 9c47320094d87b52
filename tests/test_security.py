"""Every threat in docs/security.md has a test that exists; those that no other file tests are tested here."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import folders
import marked
import pytest
from agree.compare import difference
from agree.contracts import Case
from agree.engines import Settler, opened
from running import process, run

from avtal.reading import read_data
from interpreter.facts import Cell, Column, Fact, Kind, Row
from interpreter.pipeline import analyse
from interpreter.settle import settle
from interpreter.sources import Sources
from interpreter.units import KRONA

ROOT = Path(__file__).resolve().parents[1]
HEAD = 'contract "C"\n  provider "H" code "H"\n  period 2012\nuse care\n'
KILL = 30
"""Seconds that nothing here may come near."""


# --- the table


def rows() -> Iterator[tuple[str, list[str]]]:
    """Each threat with the tests that it names."""
    for line in (ROOT / "docs" / "security.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and cells[0] != "threat" and not cells[0].startswith("---"):
            yield cells[0], re.findall("`([^`]+)`", cells[2])


@pytest.mark.parametrize(
    ("threat", "tests"), list(rows()), ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_every_threat_has_a_test_that_exists(threat: str, tests: list[str]) -> None:
    assert tests, threat
    for name in tests:
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, name


def test_the_table_is_read() -> None:
    assert len(list(rows())) >= 20


# --- code


FORBIDDEN = {"eval", "exec", "compile", "__import__", "setrecursionlimit", "system", "popen"}
MODULES = {"pickle", "marshal", "shelve", "dill"}


def test_nothing_is_run_unpickled_or_given_a_deeper_stack() -> None:
    found = []
    for package in ("dsl", "interpreter", "avtal"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                name = called.id if isinstance(called, ast.Name) else ""
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id != "re":
                    name = called.attr
                imported = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                shell = isinstance(node, ast.keyword) and node.arg == "shell"
                if name in FORBIDDEN or MODULES & set(imported) or shell:
                    found.append(f"{path.name}:{getattr(node, 'lineno', 0)} {name or imported or 'shell'}")
    assert found == []


# --- numbers


HOSTILE_NUMBERS = (
    *("1e999999", "1e5", "1E400", "NaN", "nan", "Infinity", "-inf", "0x10", "0b1", "1_000", "1__0", "+-1", "1/0"),
    *("١٢", "１２", "①", "Ⅷ", "1" * 19, "9" * 5000, "1.1.1", "1,2,3", "=1+1", "1 e5", "٫5", "½"),
)


def in_a_clause(literal: str) -> bool:
    """Whether a contract with the literal as an amount is refused."""
    return refused(f'block "x" {literal} kr\n')


def in_an_expression(literal: str) -> bool:
    """Likewise in an expression."""
    return refused(f"let x = 2 * ({literal})\n")


def in_a_table(literal: str) -> bool:
    """Likewise in a table in the text."""
    return refused(f"table t : a -> b number\n  | a | b |\n  | A | {literal} |\n")


def in_a_file_of_a_table(literal: str) -> bool:
    """Likewise in a table's file."""
    return refused('table t : a -> b number\n  file "t.csv"\n', [["a", "b"], ["A", literal]])


def in_an_example(literal: str) -> bool:
    """Likewise in an example's rows."""
    return refused(f'example "x"\n  given admission\n    | drg | cost |\n    | A | {literal} |\n  expect base = 0 kr\n')


def refused(text: str, cells: list[list[str]] | None = None) -> bool:
    """Whether a contract has an error."""
    sources = Sources("c.avtal", HEAD + text, marked.library("tests/mistakes/library"), {}, lambda _: cells or [])
    return any(d.is_error for d in analyse(sources).diagnostics)


@pytest.mark.parametrize(
    "entry",
    [in_a_clause, in_an_expression, in_a_table, in_a_file_of_a_table, in_an_example],
    ids=lambda entry: entry.__name__,
)
def test_a_hostile_number_is_refused_wherever_it_enters(entry: Callable[[str], bool]) -> None:
    assert not entry("12")
    for literal in HOSTILE_NUMBERS:
        started = time.process_time()
        assert entry(literal), literal
        assert time.process_time() - started < KILL


def test_a_hostile_number_in_data_is_refused(tmp_path: Path) -> None:
    cost = Column(name="cost", kind=Kind.NUMBER, unit=KRONA)
    admission = Fact(name="admission", columns=(Column(name="id", kind=Kind.CODE), cost), keys=("id",))
    path = tmp_path / "admission.csv"
    for literal in (*HOSTILE_NUMBERS, "12"):
        path.write_text(f"id;cost\n1;{literal}\n", "utf-8")
        assert bool(read_data([path], [admission]).problems) == (literal != "12"), literal


# --- queries


ROWS = """\
fact contact
  key id
  dated day
  provider clinic
  column id : code
  column clinic : code
  column day : date
  column kind : code
  column price : kr
  column select : kr
form each_one
  needs contact: kind, price, select
  gives kinds = count distinct kind over contact
  each contact where kind != "'); DROP TABLE t; --"
    pays price + select
"""


@pytest.fixture(scope="module", params=["sqlite", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[Settler]:
    with opened(request.param) as settler:
        yield settler


def contact(number: int, **cells: Cell) -> Row:
    day = __import__("datetime").date(2012, 3, 1)
    own = {
        "id": f"{number}'\"",
        "clinic": 'H"; --',
        "day": day,
        "kind": "A",
        "price": KRONA.factor,
        "select": 2 * KRONA.factor,
    }
    return Row("contact", own | cells, "contact.csv", number + 1)


def test_what_a_query_would_read_as_its_own_is_data(engine: Settler) -> None:
    head = 'contract "x\'; DROP TABLE t; --"\n  provider "H" code "H\'; --"\n  period 2012\n'
    kinds = ["'); DROP TABLE t; --", '"', "'", "\\", "%", "_", "c1", "NULL", "a\nb", "é", "e\u0301", "", "A", "a"]
    data = {"contact": tuple(contact(i, clinic="H'; --", kind=kind or None) for i, kind in enumerate(kinds))}
    program = analyse(Sources("c.avtal", f'{head}{ROWS}each_one "\' OR 1=1 --"\n')).program
    assert program is not None
    expected = settle(program, data)
    found = engine.settle(program, Case("names", "", data))
    assert difference(expected, found) == []
    data = {"contact": tuple(row for row in data["contact"] if row.cells["kind"])}
    expected = settle(program, data)
    assert expected[0].total == (len(kinds) - 2) * 3
    assert difference(expected, engine.settle(program, Case("names", "", data))) == []


def test_definitions_that_double_cost_no_more_for_that(engine: Settler) -> None:
    lets = "".join(f"    let a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 41))
    each = f"  each contact\n    let a0 = price\n{lets}    pays a40 / {2**40}\n"
    form = f"form doubled\n  needs contact: price\n{each}"
    text = f'contract "C"\n  provider "H" code "H"\n  period 2012\n{ROWS}{form}doubled\n'
    program = analyse(Sources("c.avtal", text)).program
    assert program is not None
    data = {"contact": tuple(contact(i, clinic="H") for i in range(200))}
    started = time.process_time()
    expected, found = settle(program, data), engine.settle(program, Case("doubled", "", data))
    assert time.process_time() - started < KILL
    assert expected[0].total == 200
    assert difference(expected, found) == []


# --- what is written


STEERING = "\x1b[31mred\x07\u202eevil"


def test_no_sign_steers_the_terminal(tmp_path: Path) -> None:
    contacts = folders.CONTACTS.replace("K1;A", f"{STEERING};A").replace("333,33", f"{STEERING}")
    folder = folders.write(tmp_path, contacts=contacts)
    for arguments in (("--show-lines",), ()):
        shown = process("settle", folder, "--period", "2012", *arguments)
        assert not {"\x1b", "\x07", "\u202e"} & set((shown.stdout + shown.stderr).decode())


def test_no_patient_stands_in_what_stops_a_settlement(tmp_path: Path) -> None:
    canary = "19121212-1212"
    contacts = folders.CONTACTS.replace("K1;A;2012-01-01;ny", f"{canary};A;2012-01-01;okänd")
    folder = folders.write(tmp_path / "unknown", contacts=contacts)
    shown = run("settle", folder, "--period", "2012", code=1)
    assert "okänd" in shown.stdout + shown.stderr
    assert canary not in shown.stdout + shown.stderr
    contacts = folders.CONTACTS.replace("K1;A;2012-01-01;ny", f"{canary};A;2012-13-01;ny")
    folder = folders.write(tmp_path / "refused", contacts=contacts)
    shown = run("settle", folder, "--period", "2012", code=1)
    assert "2012-13-01" in shown.stdout + shown.stderr
    assert canary not in shown.stdout + shown.stderr
