"""Contracts made by hand on the edges of what is reckoned: each expression in a clause of its own, on the same rows.

Halves and negative numbers in every mode of rounding, months' ends under every rule, ends of bands, periods and
windows, what is missing, codes of two columns; what chance would need many contracts for.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from agree.contracts import Case
from agree.corner_rows import rows

HEAD = """contract "Corners"
  provider "H" code "H"
  provider "K" code "K"
  {buyers}
  period 2012-01-01 to 2012-12-31
  settle {settle}
  rounding {where} {step} {mode}
  {month_end}
unit dozen, dozens = 12 visits

fact stay
  key id
  dated d
  provider p
  buyer u
  counts dozen
  column id : code
  column p : code
  column u : code optional
  column d : date
  column b : date optional
  column x : kr
  column y : kr optional
  column n : number
  column q : number optional
  column w : day optional
  column c : code optional
  column e : code
  column k : choice planned (planerad), urgent (akut) optional
  column h : yes_no

fact plain
  column m : kr
  column z : code

fact notice
  key z
  dated d
  provider p
  column z : code
  column p : code
  column d : date
  column s : kr optional

table ladder : above kr -> rate number
  | above | rate |
  | 0 kr | 1 |
  | 2 kr | 0.5 |
  | 50 kr | 0 |

table codes : c code -> v kr optional, t number
  | c | v | t |
  | I10* | 7.5 kr | 0.25 |
  | I15 | | 2 |
  | x | 1 kr | 3 |

table bands : n number -> v kr
  | n | v |
  | 0-9 | 1 kr |
  | 10-19 | 2 kr |
  | 20+ | 3.5 kr |

table dated : e code -> v kr
  | e | v | from | to |
  | I10 | 1 kr | 2011-01-01 | 2012-02-29 |
  | I10 | 2 kr | 2012-03-01 | |
  | x | 5 kr | | 2012-03-31 |

"""
ROWS = (
    "absolute(x)",
    "clamp(x, 3 kr, 1 kr)",
    "clamp(x, -2 kr, 2 kr)",
    "lesser(x, 1 kr * n)",
    "greater(x, 1 kr * n)",
    "(x rounded to 1 kr)",
    "((x * n) rounded to 1 kr)",
    "(x rounded to 3 öre)",
    "floor(n) * 1 kr",
    "ceiling(n) * 1 kr",
    "x - (y else 1 kr) + n * 1 kr",
    "x * n / 3",
    "tariff(ladder, absolute(x))",
    "tariff(ladder, x)",
    "(d - 2012-02-29) * 1 kr/day",
    "((d + 1 month) - d) * 1 kr/day",
    "((d - 2 months) - d) * 1 kr/day",
    "((d + 30 days) - 2012-01-01) * 1 kr/day",
    "age((b else 1952-02-29), d) * 1 kr",
    "(year_of(d) + month_of(d)) * 1 kr",
    "when y is missing then 3 kr otherwise x",
    "when (y else 2 kr) > x then y otherwise x",
    "when y > x then 1 kr otherwise 2 kr",
    "when x > 0 kr and (y else 0 kr) > 1 kr or h then 1 kr otherwise 2 kr",
    "when x < -100 kr and y > 1 kr then 1 kr otherwise 2 kr",
    "when x > -100 kr and y > 1 kr then 1 kr otherwise 2 kr",
    'when c in ("I10*", "x") then 1 kr otherwise 2 kr',
    'when (c else "A") in ("I10*", "x") then 1 kr otherwise 2 kr',
    'when (c else "A") in "I1*" to "I15" then 1 kr otherwise 2 kr',
    'when e in ("I10", "I15") then 1 kr otherwise 2 kr',
    'when e in "I10" to "I15*" then 1 kr otherwise 2 kr',
    "when d in 2012-02-29 to 2012-03-31 then 1 kr otherwise 2 kr",
    "when x in -1.5 kr to 2.5 kr then 1 kr otherwise 2 kr",
    'when (c else "") = e then 1 kr otherwise 2 kr',
    "when c is present and c != e then 1 kr otherwise 2 kr",
    'when e != "nobody" then 1 kr otherwise 2 kr',
    "when (k else planned) = urgent then 1 kr otherwise 2 kr",
    "when h = (x > 0 kr) then 1 kr otherwise 2 kr",
    "when (when h then c otherwise e) = e then 1 kr otherwise 2 kr",
    "(codes[e].v else 9 kr)",
    "codes[e].t * 1 kr",
    "when codes[e].v is missing then 1 kr otherwise 2 kr",
    "when codes[e].t is missing then 1 kr otherwise 2 kr",
    "(bands[n].v else -1 kr)",
    "(bands[absolute(n)].v else -1 kr)",
    "(dated[e].v else 0 kr)",
    "price * n",
    "(maybe else 7 kr) + x",
    "(when h then (maybe else x) otherwise x)",
    "(when contract.provider = p then 1 kr otherwise 2 kr)",
    "(w else 1 day) * 2 kr/day",
    "w * 2 kr/day",
)
"""What a row is paid."""

LATER = (
    "(x + y) else 4 kr",
    "x + (when y > 1 kr then 1 kr otherwise 2 kr)",
    "absolute(x - 3 kr) rounded to 1 kr",
    "(when h then y otherwise x) else 3 kr",
    "(when h then x otherwise y) else 3 kr",
    "when (when h then y otherwise x) is missing then 1 kr otherwise 2 kr",
    "when y = x then 1 kr otherwise 2 kr",
    "(when y <= x then 1 kr otherwise 2 kr)",
    'when codes[(c else "x")].v is missing then 1 kr otherwise 2 kr',
    "(codes[e].v + 1 kr) else 9 kr",
    "(dated[e].v)",
    "(n + q) * 1 kr else 1 kr",
    "((d + 1 month) - (b else d)) * 1 kr/day",
    "age(2000-02-29, d) * 1 kr",
    "age(2000-01-31, d) * 1 kr",
    "year_of(d) * 1 kr",
    'when e in ("I10*", "x") then 1 kr otherwise 2 kr',
    "when d != 2012-02-29 then 1 kr otherwise 2 kr",
)
"""What a row is paid; added later."""

MOVED = (
    "((2001-01-01 + floor((d - 2001-01-01) / 7 days) * 7 days) - 2012-01-01) * 1 kr/day",
    "((2001-01-01 + (12 * (year_of(d) - 2001) + month_of(d) - 1) * 1 month) - 2012-01-01) * 1 kr/day",
    "when n in (0, 9, 10, 19) then ((d - n * 2 days) - d) * 1 kr/day otherwise 1 kr",
    "when n > -2 then ((d - n * 2 days) - d) * 1 kr/day otherwise 1 kr",
    "((d + n * 40 000 days) - d) * 1 kr/day",
    "(((d + n * 4 days) - (b else d)) * 1 kr/day) else 1 kr",
)
"""What a row is paid: dates that are moved by what is worked out."""

SUMS = (
    "sum of x over stay",
    "sum of y over stay",
    "sum of present y over stay",
    "sum of x over stay of all providers",
    "sum of x over stay where n > 1",
    "sum of x over stay where y > 1 kr",
    "(mean of x over stay weighted by n) else 1 kr",
    "(mean of x over stay weighted by w) else 1 kr",
    "(mean of present y over stay weighted by n) else 1 kr",
    "(mean of x over stay where x > 10 000 kr) else 4 kr",
    "(mean of x over stay weighted by (n * 0)) else 4 kr",
    "(mean of present y over stay at least 2) else 4 kr",
    "(mean of x over stay where x > 2 kr at least 2) else 4 kr",
    "(lowest of x over stay) else 1 kr",
    "(highest of present y over stay) else 1 kr",
    "(percentile 50% of x over stay) else 1 kr",
    "(percentile 33.333333% of x over stay) else 1 kr",
    "(count distinct c over stay where c is present) * 1 kr",
    "(count distinct e over stay) * 1 kr",
    "(count of stay) * 1 kr/visit",
    "(count of stay where c is missing) * 1 kr/visit",
    "(count of stay in 1 month before period) * 1 kr/visit",
    "(count of stay in 10 days after 2012-02-29) * 1 kr/visit",
    "(count of stay in any period) * 1 kr/visit",
    "(sum of (sum of x over stay) over providers)",
    "(latest stay).x else 1 kr",
    "(earliest stay where h).x else 1 kr",
    "(sum of m over plain)",
)
"""What a clause is paid over rows."""

RELATED = (
    "(count of stay as o where o.e = r.e) * 1 kr/visit",
    "(count of stay as o in 1 month before r.d where o.e = r.e) * 1 kr/visit",
    "(count of stay as o of all providers in 30 days after r.d where o.e = r.e) * 1 kr/visit",
    "(sum of o.x over stay as o where o.e = r.e and o.x <= r.x)",
    "(sum of o.y over stay as o where o.e = r.e)",
    "(sum of present o.y over stay as o where o.e = r.e)",
    "((lowest of o.x over stay as o where o.e = r.e and o.n > r.n) else 0 kr)",
    "(latest stay as o where o.e = r.e).x else 0 kr",
    "(earliest stay as o in 2 months before r.d).y else 0 kr",
    "when (exists stay as o in 1 month after r.d where o.c = r.e) then 1 kr otherwise 2 kr",
    "when (exists plain where z = r.e) then 1 kr otherwise 2 kr",
    "(running sum of o.x over stay as o)",
    "(running sum of o.n over stay as o) * 1 kr",
    "(running sum of present o.y over stay as o where o.h)",
)
"""What a row is paid by other rows."""

RUNNING = (
    (" in any period", " in any period"),
    (" in 3 months after 2012-02-01", " in 3 months after 2012-02-01"),
    ("", " in any period"),
    (" in 2 months before period", " in 2 months before period"),
)
"""Which rows are paid a running sum, and over which rows."""

GROUPS = (
    ("e", "sum of x"),
    ("e, h", "(count) * 1 kr/visit"),
    ("month", "sum of x"),
    ("e, month", "lesser(sum of x, 2 kr)"),
    ("c", "sum of x"),
    ("k, month", "(highest of x) else 1 kr"),
    ("e", "(sum of y)"),
    ("e", '(sum of present y) + (when e = "x" then 1 kr otherwise 2 kr)'),
    ("n", "n * 1 kr + (sum of x over stay where h)"),
    ("month", "(count distinct e) * 1 kr + 12 kr/year"),
    ("e, spell of 1 month", "(count) * 1 kr/visit"),
)
"""What a group of rows is paid."""


ASKING = (
    ("e", "lesser((sum of o.m over plain as o where o.z = e), sum of x)"),
    ("e, h", "(sum of o.x over stay as o in any period where o.e = e) - (sum of x)"),
    ("e, month", "(sum of o.x over stay as o in 1 month before month where o.e = e)"),
    ("e, d", "(count of stay as o of all providers in 40 days after d where o.e = e) * 1 kr/visit"),
    ("c", "(latest stay as o in any period where o.e = c).x else 1 kr"),
    ("e", "(earliest stay as o of all providers in any period where o.e = e).y"),
    ("h, e", "when (exists stay as o in any period where o.h = h and o.x < 0 kr) then 1 kr otherwise 2 kr"),
)
"""What a group of rows is paid by other rows."""

SPELLS = (
    ("e, spell of 1 month", "(sum of x) + ((lowest of d) - 2012-01-01) * 1 kr/day"),
    ("e, h, spell of 30 days", "(sum of x)"),
    ("spell of 60 days", "(count) * 1 kr/visit"),
    ("h, month, spell of 1 day", "(sum of x)"),
    ("e", "(sum of x at least 3) else 7 kr"),
    ("e", "(lowest of present y at least 4) else 7 kr"),
)
"""What spells of rows are paid, and groups of enough."""

KEYED = (
    'notice["once"].s',
    'notice["twice"].s',
    'notice["other year"].s else 2 kr',
    'notice["empty"].s else 3 kr',
    'notice["none"].s',
)
"""What is said in the one row that has a key."""


@frozen
class Terms:
    """The terms of one of the contracts."""

    mode: str
    where: str
    month_end: str
    settle: str
    buyers: bool = False


TERMS = (
    Terms("half_away", "line", "last", "yearly"),
    Terms("half_even", "line", "following", "yearly"),
    Terms("up", "clause", "last", "yearly", buyers=True),
    Terms("down", "total", "", "quarterly"),
)
FORM = """  "Corner."
  needs stay: id, p, u, d, b, x, y, n, q, w, c, e, k, h
  needs plain: m, z
  needs notice: z, p, d, s
  param price : kr = 2 kr
  param maybe : kr optional
"""


def blocks() -> list[str]:
    """The steps of each form."""
    found = [f"  each stay\n    let v = {e}\n    pays v" for e in ROWS]
    found += [f"  pays {e}" for e in SUMS]
    found += [f"  each stay as r\n    let v = {e}\n    pays r.v" for e in RELATED]
    found += [f"  each stay by {by}\n    pays {e}" for by, e in GROUPS]
    found.append(
        '  each stay\n    when x > 1 kr pays "a" x\n    when x > 0 kr pays "b" n * 1 kr\n    otherwise pays "c" 2 kr'
    )
    found.append('  each stay\n    unsettled when x > 40 kr "waits"\n    pays x')
    found.append("  each stay where y > 1 kr\n    pays price * n")
    found += [f"  each stay\n    let v = {e}\n    pays v" for e in LATER]
    found.append('  pays (mean of x over stay where id = "a0" at least 1) else 4 kr')
    found += [f"  each stay\n    let v = {e}\n    pays v" for e in MOVED]
    found += [f"  each stay as r{rows}\n    pays (running sum of o.x over stay as o{over})" for rows, over in RUNNING]
    found += [f"  each stay by {by}\n    pays {e}" for by, e in (*ASKING, *SPELLS)]
    found += [f"  pays {e}" for e in KEYED]
    found.append("  each stay\n    when x > 1 kr pays y\n    otherwise pays q * 1 kr")
    return found


def text(at: int, only: int | None = None) -> str:
    """The contract under the terms of that number.

    Args:
        at: which of the terms.
        only: which of its clauses it has; all of them when `None`.
    """
    terms = TERMS[at]
    buyer = '  buyer "R" code "R"\n  buyer "S" code "S"' if terms.buyers else '  buyer "R" code "R"'
    month_end = f"month_end {terms.month_end}\n" if terms.month_end else "prorate by days\n"
    step = "öre" if terms.where == "total" else "kr"
    head = HEAD.format(
        mode=terms.mode, where=terms.where, step=step, month_end=month_end, settle=terms.settle, buyers=buyer.strip()
    )
    lines, clauses, later = [head], [], []
    form = "form {name}\n" + FORM
    for number, block in enumerate(blocks()):
        if only in (None, number):
            lines.append(f"{form.format(name=f'g{number}')}{block}\n")
            clauses.append(f"g{number}\n  price\n    from 2012-01-01 2 kr\n    from 2012-03-01 3 kr\n")
            later += [f'  g{number} "later"'] if any(e in block for e in KEYED) else []
    later = ['amend "A" from 2012-03-15', *later] if later else []
    return "\n".join([*lines, *clauses, *later])


def corners() -> Iterator[Case]:
    """The contracts, of all their clauses each."""
    data = rows()
    for at, terms in enumerate(TERMS):
        yield Case(f"corner {terms.mode}", text(at), data)


def corner(name: str) -> Case:
    """A contract by its name, `corner half_even`, or of one of its clauses, `corner half_even 7`."""
    _, mode, *number = name.split()
    at = next(at for at, terms in enumerate(TERMS) if terms.mode == mode)
    return Case(name, text(at, int(number[0]) if number else None), rows())
