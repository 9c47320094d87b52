"""Sums, groups, and rows that rows ask for: by a query as the reference says, or given back to it with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

import pytest
from sets_case import DATA, ENGINES, HEAD, Construct, differing, orders, program, settled

from avtal.engines.duck import DuckEngine

FIRST_OF_MARCH = "in 0 days after 2012-03-01"
CHANGING = "share\n  from 2012-01-01 50%\n  from 2012-03-01 60%"
SUMS = {
    "a sum of what is never there": Construct("param maybe : kr optional\npays (sum of present maybe over visit)"),
    "no rows by members": Construct(
        f'pays (count of visit {FIRST_OF_MARCH} where c in ("A")) * 1 kr/drip', by="no scope asks"
    ),
    "no rows by a table": Construct(f"pays (sum of codes[c].t over visit {FIRST_OF_MARCH}) * 1 kr", by="no scope asks"),
    "a percentile": Construct("pays (percentile 30% of x over visit where h) else 1 kr"),
    "a percentile of no rows": Construct("pays (percentile 30% of x over visit where x > 90 kr) else 1 kr"),
    "a percentile of what is there": Construct("pays (percentile 30% of present y over visit) else 1 kr"),
    "a percentile of what is missing": Construct("pays (percentile 30% of y over visit) else 1 kr", by="a row fails"),
    "a percentile of no share": Construct(
        "pays (percentile 0% of x over visit) else 1 kr", by="a percentile that changes"
    ),
    "a percentile that changes inside the period": Construct(
        "param share : %\npays (percentile share of x over visit) else 1 kr",
        by="a percentile that changes",
        given=CHANGING,
    ),
    "a percentile that changes by month": Construct(
        "param share : %\neach month\n  pays (percentile share of x over visit) else 1 kr",
        given=CHANGING,
    ),
    "different codes": Construct("pays (count distinct e over visit where e is present) * 1 kr"),
    "different codes of the contract": Construct(
        "pays (count distinct contract.provider over visit) * 1 kr", by="distinct"
    ),
    "different entries": Construct("pays (count distinct codes[c] over visit) * 1 kr", by="distinct"),
    "rows chosen by what all have": Construct("pays (sum of x over visit where c is present)"),
    "rows chosen by what none has": Construct("pays (sum of x over visit where c is missing)"),
    "whether there are some": Construct("when (exists visit where x > 9 kr)  pays 5 kr\notherwise  pays 1 kr"),
    "whether there are some by month": Construct("each month\n  when (exists visit where h)  pays 1 kr"),
    "whether there are some, where one fails": Construct(
        "when (exists visit where y > 2 kr)  pays 5 kr\notherwise  pays 1 kr", by="a row fails"
    ),
    "whether there are any at all": Construct('unsettled when not (exists visit)  "none"\npays 1 kr'),
    "a sum over what a row was given": Construct("each visit\n  let a = x * 2\n  pays a\npays (sum of a over visit)"),
}
HERE = "where o.c = c"
GROUPS_ASK = {
    "a sum over other rows": Construct(
        f"each visit by c, h\n  let here = sum of o.m over order as o {HERE}\n  pays lesser(here, sum of x)"
    ),
    "a sum over its rows and others": Construct(
        f"each visit by c\n  pays (sum of o.x over visit as o in any period {HERE}) - (sum of x)"
    ),
    "a sum over the month before": Construct(
        f"each visit by c, month\n  let earlier = sum of o.x over visit as o in 1 month before month {HERE}\n"
        "  pays earlier + (sum of x)"
    ),
    "a sum over a window from the group's key": Construct(
        f"each visit by c, d\n  pays sum of o.x over visit as o in 1 month before d {HERE}"
    ),
    "a sum over a window from the group's let": Construct(
        "each visit by c\n"
        "  let opened = lowest of d\n"
        f"  pays sum of o.x over visit as o in 2 months after opened {HERE}"
    ),
    "other rows by the group's month": Construct(
        f"each visit by c, month\n  pays sum of o.x over visit as o in any period {HERE} and o.d > month.start",
        by="a group's month for each row",
    ),
    "the row that opened it": Construct(
        "each visit by c\n"
        "  let opened = lowest of d\n"
        f"  let first = earliest visit as o of all providers in any period {HERE} and o.d = opened\n"
        "  pays first.x\n"
        "  when first.p = contract.provider pays 1 kr"
    ),
    "the latest of other rows by month": Construct(
        f"each visit by c, month\n  pays (latest visit as o in any period {HERE}).x"
    ),
    "the latest of its own rows": Construct("each visit by c\n  pays (latest visit).x", by="a row of a group"),
    "whether there are rows": Construct(f"each visit by c\n  when (exists order as o {HERE}) pays sum of x"),
    "rows by a key that is missing": Construct(
        "each visit by e\n  pays sum of o.x over visit as o in any period where o.c = e", by="a row fails"
    ),
    "the row with a key": Construct(
        "each visit by c, month\n  pays (order[c].m else 1 kr)", by="such rows for each row"
    ),
}
GROUP_LET = "a group's let for each row"
GROUP_MONTH = "a group's month for each row"
GROUPS = {
    "sums of a group": Construct(
        "each visit by c\n"
        "  pays (sum of x) + (count of visit where h) * 1 kr/drip\n"
        "  pays (count distinct e over visit where e is present) * 1 kr"
    ),
    "the lowest and the highest of a group": Construct(
        "each visit by c, h\n  pays (highest of x) - (lowest of x)\n  pays ((highest of d) - (lowest of d)) * 1 kr/day"
    ),
    "a group's let in its rows": Construct(
        "each visit by c\n  let a = sum of x\n  pays (sum of (when x > a then 1 kr otherwise 2 kr))", by=GROUP_LET
    ),
    "a group's month in its rows": Construct(
        "each visit by month\n  pays (sum of ((d - month.start) * 1 kr/day))", by=GROUP_MONTH
    ),
    "a rate by month in rows": Construct(
        "each visit by month\n  pays (sum of (n * 1 kr + 12 kr/year))", by=GROUP_MONTH
    ),
    "a parameter by month in rows": Construct(
        "param fee : kr\neach visit by month\n  pays (sum of n * fee)", by=GROUP_MONTH, given="fee 12 kr/year"
    ),
    "groups by what the contract says": Construct(
        "each visit\n  let who = contract.provider\neach visit by who\n  pays 1 kr", by="groups by such values, query"
    ),
    "a mean of a group": Construct("each visit by c\n  pays (mean of x)", by="a mean of a group"),
    "a percentile of a group": Construct("each visit by c\n  pays (percentile 50% of x)", by="percentile over a group"),
    "groups by what some rows lack": Construct("each visit by e\n  pays (sum of x)", by="a row fails"),
    "groups by what the chosen rows have": Construct("each visit by e where e is present\n  pays (sum of x)"),
    "a price of the row's day in a group by month": Construct(
        "param price : kr\neach visit by c, month\n  pays sum of n * price",
        given="price\n  from 2012-01-01 1 kr\n  from 2012-03-10 2 kr",
    ),
    "months beyond the period": Construct(
        "each visit in any period by month\n  pays sum of x", by="months outside the period"
    ),
    "groups of groups": Construct("each visit by c\n  each visit by h\n    pays (sum of x)", by="Each inside rows"),
}
FEW = "param few : number optional\n"
ENOUGH = {
    "for a sum": Construct("each visit by c\n  pays (sum of x at least 6) else 1 kr"),
    "for the lowest of what is there": Construct("each visit by c\n  pays (lowest of present y at least 6) else 1 kr"),
    "by a parameter": Construct(FEW + "each visit by n\n  pays (highest of x at least few) else 1 kr", given="few 3"),
    "by a parameter that is missing": Construct(
        FEW + "each visit by n\n  pays (highest of x at least few) else 1 kr", by="a row fails"
    ),
    "by a parameter that changes": Construct(
        FEW + "each visit by n\n  pays (highest of x at least few) else 1 kr",
        by="a row fails",
        given="few\n  from 2012-01-01 1\n  from 2012-03-01 3",
    ),
    "by a parameter that changes between months": Construct(
        FEW + "each visit by month\n  pays (highest of x at least few) else 1 kr",
        given="few\n  from 2012-01-01 1\n  from 2012-03-01 2",
    ),
    "by the group's key": Construct("each visit by n\n  pays (lowest of x at least n) else 1 kr"),
    "by the group's let": Construct(
        "each visit by c\n  let kinds = count distinct z\n  pays (lowest of x at least kinds) else 1 kr"
    ),
    "by what the group comes to": Construct(
        "each visit by c\n  pays (lowest of x at least (count distinct z)) else 1 kr",
        by="at least a number of the group",
    ),
}
SPELLS = {
    "of one key": Construct("each visit by c, spell of 2 months\n  pays (sum of x)"),
    "of no key": Construct("each visit by spell of 40 days\n  pays (count) * 1 kr/drip"),
    "of every kind of key": Construct("each visit by c, n, k, h, d, spell of 50 days\n  pays (sum of x)"),
    "of rows that are chosen": Construct(
        "param length : month\n"
        "each visit of all providers in any period by c, h, spell of length where n > 1\n"
        "  let opened = lowest of d\n"
        "  when opened in period.start to period.end pays (sum of x) + (opened - period.start) * 1 kr/day",
        given="length 2 months",
    ),
    "of each month": Construct("each visit by month, spell of 10 days\n  pays (sum of x)"),
    "of a key that a row is given": Construct(
        "each visit\n"
        "  let week = 2001-01-01 + floor((d - 2001-01-01) / 7 days) * 7 days\n"
        "each visit by week, spell of 3 days\n"
        "  pays (sum of x)"
    ),
    "of no days": Construct(
        "param length : day\neach visit by c, spell of length\n  pays (sum of x)",
        by="a spell without an end",
        given="length 0 days",
    ),
    "of half a month": Construct(
        "each visit by c, spell of 0.5 months\n  pays (sum of x)", by="a spell without an end"
    ),
    "of a length that changes": Construct(
        "param length : month\neach visit by c, spell of length\n  pays (sum of x)",
        by="a spell without an end",
        given="length\n  from 2012-01-01 1 month\n  from 2012-03-01 2 months",
    ),
    "of what some rows lack": Construct("each visit by e, spell of 10 days\n  pays (sum of x)", by="a row fails"),
    "of what the chosen rows have": Construct(
        "each visit by e, spell of 10 days where e is present\n  pays (sum of x)"
    ),
    "of numbers beyond 63 bits": Construct(
        "each visit\n  let much = big * 8\neach visit by much, spell of 10 days\n  pays (sum of x)",
        by="query, spells of very many rows",
    ),
    "of rows without a date": Construct(
        "each order by c, spell of 10 days\n  pays (sum of m)", by="spells of rows without a date"
    ),
    "whose first row is asked for": Construct(
        "each visit by c, spell of 2 months\n"
        "  let opened = lowest of d\n"
        f"  let first = earliest visit as o of all providers in any period {HERE} and o.d = opened\n"
        "  pays first.x"
    ),
}


def asked(value: str) -> str:
    """Steps that pay each visit what it asks of other rows."""
    return f"each visit as r\n  let paid = {value}\n  pays r.paid"


SAME = "over visit as o where o.c = r.c"
RELATED = {
    "a choice by the row that asks": Construct(
        asked(f"(sum of o.x {SAME} and (when r.x > 1 kr then o.x otherwise o.big) > 0 kr)")
    ),
    "an entry by the row that asks": Construct(
        asked(f"(sum of o.x {SAME} and (when o.h then codes[r.c] otherwise codes[o.c]).t > 1)"),
        by="a whole row of another fact",
    ),
    "a window of one day": Construct(asked("(sum of o.x over visit as o in r.d where o.c = r.c)")),
    "a window as long as the row says": Construct(asked("(sum of o.x over visit as o in r.w before r.d)")),
    "a window before the period, as long as the row says": Construct(
        asked("(sum of o.x over visit as o in r.w before period)"),
        by="a value of the contract that is no number, code, date or condition",
    ),
    "a window over rows without a date": Construct(
        asked("(sum of o.m over order as o in 1 month before r.d where o.c = r.c)"),
        by="a window over rows without dates",
    ),
    "a price of the day of the row asked for": Construct(
        "param price : kr\n" + asked(f"(sum of o.n * price {SAME})"),
        by="dated values for each row of each row",
        given="price\n  from 2012-01-01 1 kr\n  from 2012-03-10 2 kr",
    ),
    "a window from what is missing": Construct(
        "param since : date optional\n" + asked("(sum of o.x over visit as o in 1 month before since where o.c = r.c)"),
        by="a window that fails",
    ),
    "at least so many": Construct(asked(f"(sum of o.x {SAME} at least 3) else 1 kr")),
    "at least as many as the row says": Construct(
        asked(f"(sum of o.x {SAME} at least r.n) else 1 kr"), by="at least a number that changes"
    ),
    "a count in parts": Construct(asked("(count of order as o where o.c = r.c) * 1 kr/drip")),
    "different values": Construct(asked(f"(count distinct o.z {SAME}) * 1 kr")),
    "a mean": Construct(asked(f"(mean of o.x {SAME}) else 1 kr"), by="mean for each row"),
    "a percentile": Construct(asked(f"(percentile 50% of o.x {SAME}) else 1 kr"), by="percentile for each row"),
    "a sum over providers": Construct(
        asked(f"(sum of (sum of o.x {SAME}) over providers)"), by="such rows for each row"
    ),
    # The first condition is long enough to be named, and the innermost query can't see what it asks for.
    "rows of rows beside what asks for the outermost": Construct(
        asked(
            "(sum of (sum of k.m over order as k where k.c = o.c) over visit as o where o.c = r.c "
            "and o.x * 2 <= r.x * 3 + 4 kr + (when r.h then 1 kr otherwise 0 kr))"
        )
    ),
    "the latest of rows of rows beside what asks for the outermost": Construct(
        asked(
            "(sum of ((latest order as k where k.c = o.c).m else 1 kr) over visit as o where o.c = r.c "
            "and o.x * 2 <= r.x * 3 + 4 kr + (when r.h then 1 kr otherwise 0 kr))"
        )
    ),
    "rows of rows by the outermost": Construct(
        asked(f"(sum of (sum of k.m over order as k where k.c = o.c and k.m < r.n * 1 kr + o.x) {SAME})"),
        by="rows for each row of each row that ask for the outermost",
    ),
    "the row with a key": Construct("each visit\n  pays (order[c].m else 1 kr)", by="such rows for each row"),
    "rows in rows": Construct(
        "each visit as r\n  each visit as o where o.c = r.c\n    pays 1 kr", by="Each inside rows"
    ),
}
OTHER_ROWS = "a running sum over other rows"


def up_to(rows: str, over: str) -> str:
    """Steps that pay each of some visits a running sum over some."""
    return f"each visit as r{rows}\n  pays (running sum of o.x over visit as o{over})"


RUNNING = {
    "of the period": Construct(up_to("", "")),
    "of the period, said twice": Construct(up_to(" in period", " in period")),
    "of the month": Construct("each month\n  " + up_to("", "").replace("\n", "\n  ")),
    "of any period": Construct(up_to(" in any period", " in any period")),
    "of a window": Construct(up_to(" in 3 months after 2012-02-01", " in 3 months after 2012-02-01")),
    "of a window inside the rows": Construct(up_to("", " in 3 months after 2012-02-01"), by=OTHER_ROWS),
    "of a window of each row": Construct(up_to("", " in 3 months before r.d"), by=OTHER_ROWS),
    "of a window that fails": Construct(
        "param since : date optional\n" + up_to("", " in 3 months before since"), by=OTHER_ROWS
    ),
    "of more rows than ask": Construct(up_to(" in period", " in any period"), by=OTHER_ROWS),
    "of all providers": Construct(up_to("", " of all providers"), by="a running sum over other parties"),
    "of what each row asks for": Construct(
        "each visit as r\n  pays (running sum of (sum of k.m over order as k where k.c = o.c) over visit as o)",
        by="rows of a fact for each row",
    ),
    "of rows that have no date": Construct("each order as r\n  pays (running sum of o.m over order as o)"),
    "of a number that rows ask for by their day": Construct(
        "each visit as c in any period\n"
        "  let at = running sum of (when k.h then 1 otherwise 0) over visit as k in any period\n"
        "each visit as r\n"
        "  pays (highest of c.at over visit as c in any period where c.d = r.d) * 1 kr"
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "constructs",
    [SUMS, GROUPS, GROUPS_ASK, ENOUGH, SPELLS, RELATED, RUNNING],
    ids=["sums", "groups", "groups ask", "enough", "spells", "related", "running"],
)
def test_constructs_come_to_what_the_reference_says(constructs: dict[str, Construct], engine: str) -> None:
    assert differing(constructs, engine) == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_without_a_date_are_given_back(engine: str) -> None:
    head = HEAD.replace("fact order\n  key id\n", "fact order\n  key id\n  dated t\n")
    undated = {
        "summed": Construct("pays (sum of m over order)", by="rows without a date"),
        "asked for by rows": Construct(asked("(sum of o.m over order as o where o.c = r.c)"), by="rows without a date"),
        "by their key": Construct('pays (order["o1"].m else 1 kr)', by=""),
    }
    assert differing(undated, engine, {**DATA, "order": orders(dated=False)}, head) == {}
    dated = {
        title: Construct(own.says, by="" if title == "by their key" else "query") for title, own in undated.items()
    }
    assert differing(dated, engine, DATA, head) == {}


def test_a_sum_is_of_wide_numbers_where_the_engine_does_not_widen_it() -> None:
    """DuckDB, spoken to as Spark is: a sum of BIGINTs that is larger than they wraps there."""
    sent: list[str] = []

    class Spoken(DuckEngine):
        dialect = "spark"

        def begin(self, sql: str) -> Callable[[], Sequence[tuple[object, ...]]]:
            sent.append(sql)
            return super().begin(sql)

    one = program(Construct("pays (sum of big over visit)").form("large"))
    with closing(Spoken(threads=1)) as engine:
        assert settled(one, engine) == {"large": "query"}
    assert any("SUM(CAST(c9 AS DECIMAL(38, 0)))" in sql for sql in sent)
