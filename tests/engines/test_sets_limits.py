"""What is beyond a limit of the set engine is worked out by the reference; without dictionaries codes are texts."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve
from sets_case import DATA, ENGINES, HEAD, Construct, differing, engine_of, program, row, settled, when

from avtal.engines.load import from_rows
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.fetch import indexed
from interpreter.settle import settle

BANDS = "  | band | v |\n" + "".join(f"  | {at}0-{at}9 | {at} kr |\n" for at in range(310)) + "  | 3100+ | 999 kr |\n"
LIST = "param list : table c code -> v kr\n" + row("list[c].v")
DATED = """list
  | c | v | from | to |
  | A | 1 kr | | 2012-05-31 |
  | A | 2 kr | 2012-06-01 | |
  | B* | 3 kr | | |
  | C | 4 kr | | |"""
BY_CODE = "each visit as r\n  let paid = (sum of o.x over visit as o where {})\n  pays r.paid"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("limit", "allowed", "construct", "reason"),
    [
        ("codes.MOST_RANGES", 2, Construct(when('c in ("A", "B1", "C")')), "too many codes"),
        ("lookups.MOST_KEYS", 4, Construct(LIST, given="list prices"), "a table with too many keys"),
        ("lookups.MOST_CUTS", 1, Construct(LIST, given=DATED), "a table that changes very often"),
        (
            "points.MOST_POINTS",
            2,  # each provider's are asked for apart where those of both are too many
            Construct(
                "param price : kr\n" + row("price"), given="price\n  from 2012-01-01 1 kr\n  from 2012-03-01 2 kr"
            ),
            "too many dated values",
        ),
        (
            "related.PAIRS_AT_MOST",
            24 * 24,
            Construct(BY_CODE.format("o.x < r.x")),
            "rows for each row without a code that tells which",
        ),
        (
            "spells.MOST_SPELLED",
            24,
            Construct("each visit by c, spell of 1 month\n  pays (sum of x)"),
            "spells of very many rows",
        ),
    ],
)
def test_what_is_beyond_a_limit_is_given_back(
    limit: str, allowed: int, construct: Construct, reason: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"interpreter.sets.{limit}", allowed)
    assert differing({"within": construct}, engine) == {}
    monkeypatch.setattr(f"interpreter.sets.{limit}", allowed - 1)
    assert differing({"beyond": construct}, engine) == {"beyond": reason}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "by"),
    [
        ("o.e is present and o.e = r.c", "query"),
        ("o.e is missing and o.c = r.c", "query"),
        ("o.e is present and o.b is present and o.e = r.c and o.b = r.d", "query"),
        ("o.b is present and o.e = r.c", "rows for each row without a code that tells which"),
        ("r.e is present and o.c = r.e", "rows for each row without a code that tells which"),
    ],
)
def test_rows_are_told_by_a_code_where_nothing_before_it_fails(
    where: str, by: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a column of theirs is there never fails; that one of the asking row is there keeps the next from failing."""
    monkeypatch.setattr("interpreter.sets.related.PAIRS_AT_MOST", 1)
    assert differing({"told": Construct(BY_CODE.format(where), by=by)}, engine) == {}


@pytest.mark.parametrize(("engine", "by"), [("duckdb", "query"), ("sqlite", "a type of column that SQLite lacks")])
def test_a_long_list_of_bands_is_looked_up_by_numbers_of_more_than_63_bits(engine: str, by: str) -> None:
    one = program(
        Construct(row("bands[absolute(big) * 8 / 1 kr].v")).form("f"),
        f"{HEAD}table bands : band number -> v kr\n{BANDS}\n",
    )
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened) == {"f": by}
    # All 24 visits are beyond the last band, 16 of them the first provider's.
    assert [s.clauses[0].amount for s in settle(one, DATA)] == [16 * 999, 8 * 999]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_percentile_of_very_many_decimals_is_exact(engine: str) -> None:
    rows = [evolve(one, cells={**one.cells, "p": "N", "x": Fraction(at + 1)}) for at, one in enumerate(DATA["visit"])]
    says = "param share : %\npays (percentile share of x over visit) else 0 kr"
    one = program(Construct(says, given="share (50% + 0.000001% / 100 000 000 000)").form("f"))
    with closing(engine_of(engine)) as opened:
        told = settled(one, opened, {**DATA, "visit": rows})
    assert told == {"f": "a percentile of very many decimals"}
    # A hair more than half of the 24 visits, which cost 1 to 24 kr; the second provider has none.
    assert [s.clauses[0].amount for s in settle(one, {**DATA, "visit": rows})] == [13, 0]


@pytest.mark.parametrize(("engine", "by"), [("duckdb", "query"), ("sqlite", "a number of more than 63 bits")])
def test_a_count_in_very_large_units_is_exact(engine: str, by: str) -> None:
    head = HEAD.replace("fact visit", "unit giga, gigas (giga) = 999 999 999 999 999 999 drips\n\nfact visit")
    says = row(when("(count of visit as o where o.p = p) >= 16 giga"))
    one = program(Construct(says).form("f"), head.replace("counts drip", "counts giga", 1))
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened) == {"f": by}
    # The first provider has 16 visits, and the second 8.
    assert [s.clauses[0].amount for s in settle(one, DATA)] == [16 * 1, 8 * 2]


PATTERN = "a pattern against a long list of codes"
TEXTS = {
    "a code": Construct(when('c = "B1"')),
    "a code with an apostrophe": Construct(when("""c = "B'1" """)),
    "a code that an engine might read otherwise": Construct(when('c = "a{b"'), by="a text with unusual characters"),
    "two columns": Construct(when("e is present and c = e")),
    "codes that change": Construct(
        "param first : code\n" + row(when("c = first")), given="first\n  from 2012-01-01 A\n  from 2012-03-01 B1"
    ),
    "one of some codes": Construct(when('c in ("A", "C")')),
    "one of some patterns": Construct(when('c in ("A", "B*")'), by=PATTERN),
    "from and to codes": Construct(when('c in "A" to "B*"'), by=PATTERN),
    "a table with patterns": Construct(LIST, by=PATTERN, given="list prices"),
    "a table of codes": Construct(LIST, given="list dearer"),
    "a code of a table": Construct(when("codes[when h then c otherwise c].s = c"), by=PATTERN),
    "a code of a table of codes": Construct(
        "param list : table c code -> s code\n" + row(when("list[c].s = c")),
        given="list\n  | c | s |\n  | A | A |\n  | B1 | A |\n  | B2 | B2 |\n  | C | A |",
    ),
    "a code beside that of a table of codes": Construct(
        "param list : table c code -> s code\n" + row(when("c != list[c].s")),
        given="list\n  | c | s |\n  | A | A |\n  | B1 | A |\n  | B2 | B2 |\n  | C | A |",
    ),
    "rows of other codes": Construct(BY_CODE.format("o.c = r.c")),
    "the latest of rows": Construct(
        "each visit as r\n  let paid = (latest visit as o in any period where o.c = r.c).x\n  pays r.paid"
    ),
    "different codes": Construct("pays (count distinct c over visit) * 1 kr"),
    "groups": Construct("each visit by c\n  pays (sum of x)"),
    "spells": Construct("each visit by c, spell of 1 month\n  pays (sum of x)"),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_codes_without_a_dictionary_are_texts(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avtal.engines.load.MOST_CODES", 0)
    assert differing(TEXTS, engine) == {}


NAMED = (
    HEAD
    + """
table answers : held yes_no -> v kr
  | held | v |
  | yes | 10 kr |
  | no | 1 kr |

"""
)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_code_is_no_name_of_the_query_however_it_is_spelt(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avtal.engines.load.MOST_CODES", 0)
    first, *rest = DATA["visit"]
    data = {**DATA, "visit": [evolve(first, cells={**first.cells, "c": "t.1", "e": "x12"}), *rest]}
    one = program(
        "form f\n  needs visit: c, e\n  each visit\n"
        '    pays "where" answers[c = "t.1"].v\n'
        '    pays "named" when e is present and e = "x12" then 100 kr otherwise 0 kr\n\nf\n',
        NAMED,
    )
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened, data) == {"f": "query"}
    # Of 24 visits 16 are the first provider's; one of them has the codes.
    assert [s.clauses[0].amount for s in settle(one, data)] == [10 + 15 + 100, 8]


def test_a_named_value_is_kept_apart_where_an_engine_would_put_it_in() -> None:
    """PostgreSQL took minutes to plan dates that are moved by what a row says: each name stood for all below it."""
    fenced = {name for name, dialect in DIALECTS.items() if dialect.apart("SELECT 1") != "SELECT 1"}
    assert fenced == {"postgres", "sqlite"}


LARGE = """table large : c code -> v number
  | c | v |
  | A | 900000000000000000 |
  | B* | 0.000001 |
  | C | 1 |

"""
HALVES = """table halves : c code -> v kr
  | c | from | to | v |
  | A | 2012-01-01 | 2012-06-30 | 1 kr |
  | A | 2012-07-01 | | 2 kr |
  | B* | | | 3 kr |
  | C | | | 4 kr |

"""


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_that_no_column_holds_are_given_back(engine: str) -> None:
    """In a column A has 900 000 000 000 000 000 times a million, which 63 bits don't hold."""
    large = Construct(row("large[c].v * 1 kr"), by="a table's value of more than 63 bits")
    assert differing({"large": large}, engine, head=HEAD + LARGE) == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_dated_table_is_given_back_where_rows_without_dates_ask_in_several_periods(engine: str) -> None:
    monthly = HEAD.replace("  period 2012\n", "  period 2012\n  settle monthly\n") + HALVES
    one = program(Construct("each order\n  pays halves[c].v").form("f"), monthly)
    with closing(engine_of(engine)) as opened:
        assert "a dated table for several periods" in settled(one, opened)["f"]


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_lack_a_code_are_asked_for(engine: str) -> None:
    """Every fifth of 24 visits lacks e, none lacks c; and by a day they are asked for as well."""
    one = program(Construct(row("x")).form("f"))
    with closing(engine_of(engine)) as opened:
        visits = indexed(one, from_rows(one.facts, DATA, opened), 0)["visit"]
        assert sorted(str(found.cells["id"]) for found in visits.having("e", None)) == [
            "v00",
            "v05",
            "v10",
            "v15",
            "v20",
        ]
        assert visits.having("c", None) == []
        assert [found.cells["id"] for found in visits.having("b", date(1941, 2, 28))] == ["v01"]
