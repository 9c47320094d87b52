"""What few contracts ask for, and what many need not meet: each is answered, in words or in kronor."""

from __future__ import annotations

from fractions import Fraction

import marked
import pytest
from settling import HEAD, program

from dsl.limits import MAX_DEPTH
from dsl.spans import NOWHERE
from interpreter.examples import form_examples
from interpreter.pipeline import Analysed, analyse
from interpreter.settle import settle
from interpreter.settlement import Line, LineList, Lines
from interpreter.sources import Sources

MODULES = marked.library("tests/meaning/library")


def read(text: str, period: str = "2012", **sources: object) -> Analysed:
    return analyse(Sources("case.avtal", HEAD.format(period) + text, library=MODULES, **sources))  # type: ignore[arg-type]


def told(found: Analysed, language: str = "en") -> list[tuple[str, str]]:
    return [(d.code, d.message(language)) for d in found.diagnostics]


# --- files


def test_files_that_use_each_other_without_end_are_too_deep() -> None:
    modules = {f"m{i}": f"use m{i + 1}\n" for i in range(MAX_DEPTH + 10)}
    modules[f"m{MAX_DEPTH + 10}"] = "let last = 1\n"
    (found,) = read("use m0\n", beside=modules).diagnostics
    assert found.code == "AV011"
    assert found.span.file == f"m{MAX_DEPTH - 1}.avtal"


def test_the_examples_of_a_file_are_not_those_of_a_file_that_it_uses() -> None:
    form = 'form {0}\n  param size : kr first\n  pays size\n  example "{0}"\n    {0} 5 kr\n    expect {0} = 5 kr\n'
    found = read("use fees\n" + form.format("charge"), beside={"fees": form.format("fee")})
    assert told(found) == []
    assert [it.name for it in form_examples(found)] == ["charge"]
    assert [it.name for it in form_examples(found, "fees.avtal")] == ["fee"]


# --- tables


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("day date", "2012-02-30", "`2012-02-30` is not a date"),
        ("day date", "yesterday", "`yesterday` is not a date"),
        ("done yes_no", "perhaps", "`perhaps` is not yes or no"),
        ("price kr", "cheap", "`cheap` is not kr"),
    ],
)
def test_a_cell_of_another_type_is_refused(column: str, cell: str, message: str) -> None:
    name = column.partition(" ")[0]
    found = read(f"table t : code -> {column}, price_b kr\n  | code | {name} | price_b |\n  | A | {cell} | 1 |\n")
    assert told(found) == [("AV313", message)]


ROWS = "    | code | price |\n    | A | 1 |\n    | B | 2 wigets |\n    | C | x |\n"


@pytest.mark.parametrize(
    "text",
    [
        "table t : code -> price wigets\n" + ROWS.replace("    ", "  "),
        f"form listed\n  param prices : table code -> price wigets\n  pays 1 kr\nlisted\n  prices\n{ROWS}",
        f'fact visit\n  column code : code\n  column price : wigets\nexample "e"\n  given visit\n{ROWS}',
    ],
    ids=["a table", "a table of a clause", "rows of an example"],
)
def test_a_column_of_an_unknown_unit_is_one_mistake_however_many_cells_it_has(text: str) -> None:
    assert told(read(text)) == [("AV107", "there is no unit called `wigets`")]


def test_a_table_of_other_columns_is_described_by_their_types() -> None:
    text = """
form listed
  param prices : table code -> price kr, done yes_no, on date, group code, share number
  pays 1 kr
table t : code -> price kr, done yes_no, on date, group code
  | code | price | done | on         | group |
  | A    | 1     | yes  | 2012-01-01 | B     |
listed prices t
"""
    (found,) = read(text).diagnostics
    assert found.code == "AV314"
    columns = "price kr, done yes_no, on date, group code"
    assert found.message("en").endswith(f"wants a table code -> {columns}, share number, but t is code -> {columns}")


# --- amounts


def test_an_amount_that_cannot_be_worked_out_draws_no_warning_that_it_counts_in_every_settlement() -> None:
    text = "form fee\n  param size : kr first\n  pays size\nlet none = 1 - 1\nfee (2 mkr / none)\n"
    assert told(read(text, "2012-01-01 to 2013-12-31")) == []
    assert [code for code, _ in told(read(text.replace("- 1", "+ 1"), "2012-01-01 to 2013-12-31"))] == ["AV330"]


def test_a_sum_that_counts_in_every_settlement_is_warned_of_also_beside_a_rate() -> None:
    text = "form fee\n  param size : kr\n  pays size\nfee\n  size\n    from 2012-01-01  1 mkr\n"
    mixed = text + "    from 2014-01-01  2 mkr/year\n"
    found = [d for d in read(mixed, "2012-01-01 to 2014-12-31").diagnostics if d.code == "AV330"]
    assert [d.arguments["found"] for d in found] == ["1 mkr"]


FORM = "form ranked\n  gives a = percentile (100% + 1%) of 1 kr over providers\nranked\n"
SWEDISH = """\
avtal "C"
  vårdgivare "H" kod "H"
  period 2012
ersättningsform rangordnad
  ger a = percentilen (100% + 1%) av 1 kr över vårdgivarna
rangordnad
"""
RANKED = {
    "en": (HEAD.format("2012") + FORM, "`percentile` is 101%, which must be above 0% and at most 100%"),
    "sv": (SWEDISH, "`percentilen` är 101%, men ska vara över 0% och högst 100%"),
}


@pytest.mark.parametrize("language", RANKED)
def test_a_percentile_that_there_is_not_is_told_in_the_words_of_the_text(language: str) -> None:
    text, wanted = RANKED[language]
    found = analyse(Sources("case.avtal", text, library=MODULES)).program
    assert found is not None
    (settlement,) = settle(found, {})
    assert [cause.message(language) for cause in settlement.failures] == [wanted]


@pytest.mark.parametrize("days", ["2012-07-01 | |", "2012-01-01 | 2012-06-30 |"])
def test_brackets_that_change_inside_the_period_are_told_of_by_the_day_of_the_change(days: str) -> None:
    text = f"table steps : above kr -> rate %\n  | above | rate | from | to |\n  | 0 kr | 100% | {days}\n"
    found = read(text + "fixed (tariff(steps, 100 kr))\n").program
    assert found is not None
    (settlement,) = settle(found, {})
    said = [cause.message("en") for cause in settlement.failures]
    assert said == ["`steps` changes on 2012-07-01, inside the settled period"]


@pytest.mark.parametrize(
    ("duty", "amended", "help_en"),
    [
        (
            "84 mkr/year",
            "90 mkr/year",
            "it is a sum without a time here and a rate there: say what time the sum is for",
        ),
        ("84 mkr", "90 mkr", "settle the parts each for themselves, or use it row by row"),
        ("84 mkr", '90 mkr\namend "next" from 2013-01-01\n  fixed "Duty" 9 kr/year', "settle the parts each for"),
    ],
)
def test_what_changes_inside_the_period_is_told_with_what_to_do(duty: str, amended: str, help_en: str) -> None:
    text = f"""
model hospital
  param duty : kr
  fixed "Duty" duty
hospital
  duty {duty}
amend "dearer" from 2012-07-01
  fixed "Duty" {amended}
"""
    found = settle(program(text, period="2012-01-01 to 2013-12-31"), {})
    (cause,) = found[0].failures
    assert (cause.code, cause.help("en")[: len(help_en)]) == ("AV504", help_en)


def test_a_rate_of_a_model_that_is_amended_is_split_at_the_day() -> None:
    """Half a year at 84 mkr and half a year at 90 mkr; the model says that its parameter is a rate."""
    text = """
model hospital
  param duty : kr/year
  fixed "Duty" duty
hospital
  duty 84 mkr/year
amend "dearer" from 2012-07-01
  fixed "Duty" 90 mkr/year
"""
    assert [found.total for found in settle(program(text), {})] == [87_000_000]


# --- lines


def test_lines_that_are_fetched_later_are_counted_before_and_fetched_once() -> None:
    asked = []

    def line(amount: int) -> Line:
        return Line(clause="a", amount=Fraction(amount), span=NOWHERE)

    def fetch() -> list[Line]:
        asked.append(1)
        return [line(2), line(3)]

    lines = LineList((line(1), Lines(2, Fraction(5), Fraction(5), fetch), line(4)))
    assert (len(lines), asked) == (4, [])
    assert [it.amount for it in lines] == [1, 2, 3, 4]
    assert (lines[0].amount, lines[-1].amount, [it.amount for it in lines[1:3]]) == (1, 4, [2, 3])
    assert asked == [1]


def test_a_name_of_a_row_that_has_one_is_told_apart_by_it() -> None:
    text = (
        'contract "A"\n  provider "B" code "B"\n  period 2012\n\nfact v\n  provider p\n  dated d\n  column p : code\n'
        "  column d : date\n  column x : kr\n\nform f\n  needs v: x\n  param y : kr\n  each v as r\n    let y = r.x\n"
        "    pays y\n\nf\n  y 1 kr\n"
    )
    told = {d.code: d.help("en") for d in analyse(Sources("c", text)).diagnostics}
    assert told["AV104"] == "say which with a prefix, as in `r.y`, or rename one of them"


def test_an_amount_in_a_file_that_may_be_in_thousands_is_told_of_with_its_row() -> None:
    rows = [["drg", "limit"], ["A", "90 000"], ["B", "250.000"], ["C", "too many", "cells"]]
    found = read('table limits : drg code -> limit kr\n  file "limits.csv"\n', cells=lambda _: rows).diagnostics
    assert [d.message("en") for d in found if not d.is_error] == [
        "250.000 is read with three decimals, as 250 (limits.csv:3)"
    ]
    assert [d.help("sv")[:39] for d in found if not d.is_error] == ["skriv 250 000 om tusental avses; ett ko"]


def test_labels_that_are_nearly_another_are_looked_for_among_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clause begins, beside one: two pairs."""
    form = "form fee\n  param size : kr first\n  pays size\n"
    text = f'{form}fee "Jour" 12 kr\namend "A" from 2012-07-01\n  fee "Jouren" 13 kr\n'
    for most, codes in ((2, ["AV342"]), (1, [])):
        monkeypatch.setattr("interpreter.likeness.MOST_PAIRS", most)
        assert [code for code, _ in told(read(text))] == codes
