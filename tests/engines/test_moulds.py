"""Contracts that are kept as one mould and their figures: settled together they come to what each comes to alone."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from agree.compare import difference
from attrs import evolve
from mould_case import GIVEN, contracts, programs, shelf

from avtal.contract import load
from avtal.engines.duck import DuckEngine
from avtal.engines.load import from_rows
from interpreter import core, shapes
from interpreter.casts import Late, tabled
from interpreter.facts import Data, Row
from interpreter.figures import Figures
from interpreter.plain import ForgedError
from interpreter.sets import settle as sets
from interpreter.sets.ahead import plain
from interpreter.sets.expressions import constant_arguments
from interpreter.settle import settle
from interpreter.settlement import OneLine
from interpreter.store import Stored, cast, decode, encode, figures_in, mould_of

RATES = """
tiny "Five"
  rate {rate} kr/month
tiny "Six"
  rate {rate} kr/day
tiny "Seven"
  rate ({rate} kr/month)
"""

__all__ = ["shelf"]


@pytest.mark.parametrize(
    "periods",
    [
        ["2012-01-15 to 2012-03-14\n  prorate by days"],
        ["2012-01-01 to 2012-02-29"],
        ["2012-01-01 to 2012-02-29", "2012-01-01 to 2012-03-31"],
    ],
)
def test_rates_of_one_mould_are_taken_over_the_days_of_each(tmp_path: Path, periods: list[str]) -> None:
    paths = contracts(tmp_path)
    for path, (_, rate, *_), period in zip(paths, GIVEN, periods * 5, strict=False):
        text = path.read_text("utf-8").replace("  period   2012", f"  period {period}")
        path.write_text(text + RATES.format(rate=rate), "utf-8")
    fresh = [load(path).program for path in paths]
    data: Data = dict[str, list[Row]]()
    alone = [settle(program, data) for program in fresh]
    with closing(DuckEngine()) as engine:
        together = sets.settle_all(programs(paths), from_rows(fresh[0].facts, data, engine), sets.Asked())
    for expected, found in zip(alone, together, strict=True):
        assert expected[0].total is not None
        assert not difference(expected, found)


BY_ROWS = """
fact visit
  key id
  dated d
  provider p
  column id : code
  column p : code
  column d : date
  column n : number

form by_the_piece
  "What is done at a price."
  needs visit: id, p, d, n
  param price : kr
  param least : number
  param grant : kr
  param names : table item code -> price kr
  each visit where n > least
    pays (price + names["A"].price) * n
  pays grant
"""


def test_rows_are_paid_by_the_figures_of_each_of_one_mould(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    for path, (_, rate, *_) in zip(paths, GIVEN, strict=True):
        own = path.parent / "own.avtal"
        own.write_text(own.read_text("utf-8") + BY_ROWS, "utf-8")
        clause = (
            f'\nby_the_piece "Rows"\n  price {rate} kr\n  least {rate % 3}\n  grant {rate} kr/month\n  names prices\n'
        )
        path.write_text(path.read_text("utf-8") + clause, "utf-8")
    rows = [
        Row("visit", {"id": f"{at}", "p": GIVEN[at % 5][0], "d": date(2012, 1 + at % 12, 3), "n": Fraction(at % 4)})
        for at in range(60)
    ]
    data: Data = {"visit": rows}
    fresh = [load(path).program for path in paths]
    alone = [settle(program, data) for program in fresh]
    with closing(DuckEngine()) as engine:
        dataset = from_rows(fresh[0].facts, data, engine)
        together = sets.settle_all(programs(paths), dataset, sets.Asked(), small_facts=0)
        for expected, found in zip(alone, together, strict=True):
            assert expected[0].total is not None
            assert not difference(expected, found)


def test_a_rate_that_is_no_number_is_no_rate(tmp_path: Path) -> None:
    path = contracts(tmp_path)[0]
    program = load(path).program
    first = program.instances[0]
    first.arguments = {**first.arguments, "code": evolve(first.arguments["code"], per="month")}
    stored = encode(program, str(path))
    found = mould_of(stored.mould, [decode(text, "") for text in stored.parts], figures_in(stored.figures), str(path))
    assert found.rates == {}
    assert found.first.instances[0].arguments["code"].per == "month"


def test_contracts_of_one_mould_come_to_the_same_together_and_alone(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    fresh = [load(path).program for path in paths]
    assert len(list((tmp_path / "cache").glob("mould-*"))) == 1
    kept = programs(paths)
    data: Data = dict[str, list[Row]]()
    alone = [settle(program, data) for program in fresh]
    assert all(one.total is not None for (one,) in alone)
    with closing(DuckEngine()) as engine:
        dataset = from_rows(fresh[0].facts, data, engine)
        for several in (fresh, kept, [kept[0], *fresh[1:]], [fresh[0], *kept[1:]], programs(paths)[:4]):
            for expected, found in zip(alone, sets.settle_all(several, dataset), strict=False):
                assert difference(expected, found) == []
    amounts = [[clause.amount for clause in one.clauses] for (one,) in alone]
    assert amounts[0] == [Fraction(7 * 1 + 2 + 10), Fraction(7 * 2 + 2 + 20), Fraction(8 * 1 + 2 + 10), Fraction(7)]
    assert amounts[1] == [
        Fraction(1200 * 2 + 2 + 20),
        Fraction(1200 * 2 + 2 + 20),
        Fraction(1201 + 0 + 10),
        Fraction(1200),
    ]
    assert amounts[2] == [Fraction(3 * 3 + 3 + 10), Fraction(3 * 2 + 2 + 20), Fraction(4 + 3 + 10), Fraction(3)]


def test_an_argument_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    fresh = load(paths[1]).program
    kept = [load(path).program for path in paths] and programs(paths)
    one, two, three, four = kept[1].instances  # of the first of a mould all is made
    arguments = one.arguments
    assert isinstance(arguments, Late)
    assert list(arguments) == list(fresh.instances[0].arguments)
    assert len(arguments) == len(fresh.instances[0].arguments)
    assert "rate" in arguments
    assert "other" not in arguments
    before = len(arguments.cast.made)
    constants = {name: arguments.constant(name) for name in [*arguments, "other"]}
    assert {k: v for k, v in constants.items() if v is not None} == {
        "rate": 1200,
        "limit": 2,
        "kind": "plain",
        "code": "B",
    }
    assert len(arguments.cast.made) == before
    assert dict(arguments) == fresh.instances[0].arguments
    assert len(arguments.cast.made) > before
    assert arguments["rate"] is arguments["rate"]
    assert arguments["rate"].stretches[0].span.file == str(paths[1])
    assert constant_arguments(one) == constant_arguments(fresh.instances[0])
    assert constant_arguments(two) == constant_arguments(fresh.instances[1])
    table = tabled([program.instances[0] for program in kept])
    assert table is not None
    assert not table.plain()
    assert table.constant("rate") == ("number", list(table.casts[0].figures.tops).index(7))
    assert table.constant("since") is None
    assert table.constant("other") is None
    assert tabled([one, two]) is None
    assert tabled([one, fresh.instances[0]]) is None
    assert tabled([fresh.instances[0], one]) is None
    assert not plain([one, three])
    assert plain([])
    assert plain([program.instances[3] for program in kept])
    assert plain([four, fresh.instances[3]])


def stored(tmp_path: Path) -> tuple[Stored, list[object]]:
    path = contracts(tmp_path)[0]
    made = encode(load(path).program, str(path))
    return made, [decode(text, "") for text in made.parts]


def test_figures_of_another_mould_are_refused(tmp_path: Path) -> None:
    made, parts = stored(tmp_path)
    figures = figures_in(made.figures)
    mould = mould_of(made.mould, parts, figures, "c")
    assert type(cast(mould, "c", figures)) is core.Program
    day = next(at for at, one in enumerate(figures.rest) if type(one) is int)
    several = next(at for at, one in enumerate(figures.rest) if type(one) is list and one)

    def rest(at: int, value: object) -> list[object]:
        return [*figures.rest[:at], value, *figures.rest[at + 1 :]]

    wrong = [
        figures._replace(files=figures.files[:-1]),
        figures._replace(starts=figures.starts[:-1]),
        figures._replace(ends=figures.ends[:-1]),
        figures._replace(files=[-2, *figures.files[1:]]),
        figures._replace(files=[9, *figures.files[1:]]),
        figures._replace(tops=figures.tops[1:]),
        figures._replace(belows=[0, *figures.belows[1:]]),
        figures._replace(texts=figures.texts[1:]),
        figures._replace(rest=figures.rest[1:]),
        figures._replace(rest=rest(day, 0)),
        figures._replace(rest=rest(day, 10**9)),
        figures._replace(rest=rest(day, "x")),
        figures._replace(rest=rest(several, [1])),
    ]
    for other in wrong:
        with pytest.raises(ForgedError):
            cast(mould, "c", other)
        with pytest.raises(ForgedError):
            mould_of(made.mould, parts, other, "c")
    none = "[[],[],[],[],[],[],[]]"
    assert figures_in(none) == Figures([], [], [], [], [], [], [])
    wrong_texts = ["{}", "[]", "[1,2,3,4,5,6,7]", "nothing", f"{none[:-4]}]", f"{none[:-1]},[]]", f"{none[:-3]}{{}}]"]
    wrong_texts += [
        "[[],[],[],[true],[],[],[]]",
        '[[],[],[],"x",[],[],[]]',
        '[[],[],[],[],[],"a",[]]',
        "[[],[],[],[],[],[1],[]]",
    ]
    for text in wrong_texts:
        with pytest.raises(ForgedError):
            figures_in(text)


def number(cls: type) -> int:
    return shapes.CLASSES.index(cls)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[1]",
        "[[1]]",
        "[[]]",
        "[[],[9999]]",
        "[[],[-1,2]]",
        f'[[],[{number(core.Provenance)},"more","and more"]]',
        f"[[],[{number(core.Provenance)}]]",
        f"[[],[{number(core.Terms)}]]",
        f"[[],[{number(core.Const)}]]",
        f"[[],[{number(core.Argument)},[1]]]",
        f"[[],[{number(core.Argument)},[2]]]",
        f'[[],[{number(core.TableData)},"t","",0,"text"]]',
    ],
)
def test_a_mould_of_another_kind_is_refused(text: str, tmp_path: Path) -> None:
    made, _ = stored(tmp_path)
    figures = figures_in(made.figures)
    with pytest.raises(ForgedError):
        mould_of(text, [], figures, "c")


def test_a_mould_of_something_else_is_refused() -> None:
    with pytest.raises(ForgedError):
        mould_of(f"[[],[{number(core.Provenance)}]]", [], Figures([], [], [], [], [], ["a source"], []), "c")


def test_a_line_is_made_each_time_it_is_asked_for(tmp_path: Path) -> None:
    kept = [load(path).program for path in contracts(tmp_path)]
    with closing(DuckEngine()) as engine:
        ((one,), *_) = sets.settle_all(kept, from_rows(kept[0].facts, {}, engine))
    lines = one.clauses[0].lines
    assert isinstance(lines, OneLine)
    assert len(lines) == 1
    assert lines[0] == next(iter(lines)) == lines[-1]
    assert lines[0].amount == one.clauses[0].exact
    assert lines == tuple(lines)
    assert tuple(lines) == lines
    assert (lines == 1, lines == ()) == (False, False)
    assert hash(lines) == hash(tuple(lines))
    with pytest.raises(IndexError):
        lines[1]


def test_what_a_mould_says_itself_is_looked_at(tmp_path: Path) -> None:
    """A truth value that is none, and rows that are no part."""
    made, parts = stored(tmp_path)
    figures = figures_in(made.figures)
    assert ",true]" in made.mould
    for wrong in (",1]", ',"day"]', ",[]]"):
        other = evolve(made, mould=made.mould.replace(",true]", wrong))
        with pytest.raises(ForgedError):
            mould_of(other.mould, parts, figures, "c")
    rows = next(at for at, part in enumerate(parts, start=1) if type(part).__name__ == "KeptLines")
    for kind in ("-1", "0", "true", "null", "1000", f"{len(parts) + 1}"):
        for part in made.mould.split("],["):
            if part.startswith(f"{number(core.TableData)},") and part.endswith(f",{rows}"):
                other_text = made.mould.replace(part, f"{part.removesuffix(f'{rows}')}{kind}")
                with pytest.raises(ForgedError):
                    mould_of(other_text, parts, figures, "c")
                break
        else:
            raise AssertionError(made.mould)
