"""What the tests of the set engine share: constructs in clauses of their own, settled by query and by the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from fractions import Fraction
from importlib import import_module
from typing import Any

from agree.compare import difference
from attrs import frozen

from avtal.engines.load import from_rows
from interpreter import core
from interpreter.facts import Cell, Row
from interpreter.pipeline import analyse
from interpreter.sets.settle import settle as settle_by_query
from interpreter.settle import settle
from interpreter.sources import Sources

Data = Mapping[str, Sequence[Row]]
QUERY = "query"
ENGINES = ("duckdb", "sqlite")

HEAD = """contract "Constructs"
  provider "North" code "N"
  provider "South" code "S"
  period 2012
  prorate by days
  month_end last
  rounding clause öre half_away

unit drip, drips (dropp)
unit half, halves (halvt) = 0.5 drips

fact visit
  key id
  dated d
  provider p
  counts drip
  column id : code
  column p : code
  column d : date
  column c : code
  column e : code optional
  column z : code
  column x : kr
  column y : kr optional
  column big : kr
  column n : number
  column q : number optional
  column w : day
  column h : yes_no
  column k : choice planned (planerad), urgent (akut)
  column b : date optional

fact order
  key id
  provider p
  counts half
  column id : code
  column p : code
  column c : code
  column m : kr
  column t : date optional

table codes : c code -> v kr optional, t number, s code, g date, f yes_no
  | c | v | t | s | g | f |
  | A | 7.5 kr | 0.25 | A | 2012-01-31 | yes |
  | B* | | 2 | Z1 | 2012-02-29 | no |
  | C | 1 kr | 3 | C | 2012-03-31 | no |

table prices : c code -> v kr
  | c | v |
  | A | 1 kr |
  | B* | 2 kr |
  | C | 3 kr |

table dearer : c code -> v kr
  | c | v |
  | A | 10 kr |
  | B1 | 20 kr |
  | B2 | 30 kr |
  | C | 40 kr |

table wider : c code -> v kr, other number
  | c | v | other |
  | A | 1 kr | 1 |
  | B* | 2 kr | 1 |
  | C | 3 kr | 1 |

table swedish : c code -> pris (v) kr
  | c | pris |
  | A | 5 kr |
  | B* | 6 kr |
  | C | 7 kr |

table ladder : above number -> rate kr
  | above | rate |
  | 0 | 1 kr |
  | 3 | 2 kr |

table steeper : above number -> rate kr
  | above | rate |
  | 0 | 5 kr |

"""
GOAL = """
unit piece, pieces (st)

fact goal
  key code, p, d
  dated d
  provider p
  counts piece
  column code : code
  column p : code
  column d : date
  column v : kr

"""
"""A fact of results, one for each provider and day."""
NEEDS = """  needs visit: id, p, d, c, e, z, x, y, big, n, q, w, h, k, b
  needs order: id, p, c, m, t
"""


@frozen
class Construct:
    """A construct, and who works it out.

    Args:
        says: the steps of a form, its parameters first; an expression alone is what each visit is paid.
        by: `query`, or for what reason the reference evaluator settles it.
        lite: the same where SQLite answers otherwise.
        given: the arguments of the clause, as lines below it.
    """

    says: str
    by: str = QUERY
    lite: str = ""
    given: str = ""

    def form(self, name: str) -> str:
        """The form and its clause."""
        says = self.says if "\n" in self.says or self.says.startswith(("each", "pays", "param")) else row(self.says)
        block = "".join(f"  {line}\n" for line in says.splitlines())
        given = "".join(f"  {line}\n" for line in self.given.splitlines())
        return f"form {name}\n{NEEDS}{block}\n{name}\n{given}\n"


def row(value: str) -> str:
    """Steps that pay each visit a value."""
    return f"each visit\n  let paid = {value}\n  pays paid"


def when(condition: str) -> str:
    """One krona where a condition holds for a visit, two where it doesn't."""
    return f"when {condition} then 1 kr otherwise 2 kr"


def visits(count: int = 24) -> tuple[Row, ...]:
    """Visits of two providers in all months but the last, with every kind of cell, some of them missing."""
    found = []
    for at in range(count):
        cells: dict[str, Cell] = {
            "id": f"v{at:02}",
            "p": "NS"[at % 3 == 2],
            "d": date(2012, 1 + at % 11, 1 + 5 * at % 28),
            "c": ("A", "B1", "B2", "C")[at % 4],
            "e": None if at % 5 == 0 else ("A", "C", "D")[at % 3],
            "z": ("Z1", "Z2", "Z3")[at % 3],
            "x": Fraction(at * 7 % 11 - 3, 2),
            "y": None if at % 4 == 3 else Fraction(at),
            "big": Fraction(2**61 + at) * (-1) ** at,
            "n": Fraction(at % 7),
            "q": None if at % 2 else Fraction(at, 4),
            "w": Fraction(at % 3),
            "h": at % 2 == 0,
            "k": ("planned", "urgent")[at % 2],
            "b": None if at % 6 == 0 else date(1940 + at, 2, 28),
        }
        found.append(Row("visit", cells, f"visits_{at % 2}.csv", 2 + at // 2))
    return tuple(found)


def orders(*, dated: bool = True) -> tuple[Row, ...]:
    """Orders of the providers' codes."""
    return tuple(
        Row(
            "order",
            {
                "id": f"o{at}",
                "p": "NS"[at % 2],
                "c": "ABCD"[at % 4],
                "m": Fraction(at),
                "t": date(2012, 1 + at, 1) if dated else None,
            },
            "orders.csv",
            2 + at,
        )
        for at in range(8)
    )


DATA: Data = {"visit": visits(), "order": orders()}


def program(text: str, head: str = HEAD) -> core.Program:
    """A contract without errors."""
    found = analyse(Sources("case.avtal", head + text, library={}))
    wrong = [d.message("en") for d in found.diagnostics if d.is_error]
    assert not wrong, wrong
    assert found.program is not None
    return found.program


def engine_of(name: str) -> Any:
    """A new engine."""
    if name == "sqlite":
        return import_module("avtal.engines.lite").LiteEngine()
    return import_module("avtal.engines.duck").DuckEngine(threads=1)


def told(counters: Counter[str]) -> str:
    """Who worked a clause out, in all scopes alike."""
    return ", ".join(sorted(name.removeprefix("reference: ").removeprefix("engine: ") for name in counters))


def settled(one: core.Program, engine: Any, data: Data = DATA, **asked: Any) -> dict[str, str]:
    """Settle a contract by query and by the reference evaluator, to the same amounts, lines and failures.

    Returns:
        For each clause who worked it out: `query`, or why the reference evaluator did.
    """
    counters: Counter[str] = Counter()
    before: Counter[str] = Counter()
    by_clause: dict[str, Counter[str]] = {}

    def progress(key: str, _done: int, _of: int) -> None:
        by_clause[key] = by_clause.get(key, Counter()) + (counters - before)
        before.update(counters - before)

    dataset = from_rows(one.facts, {fact: list(rows) for fact, rows in data.items()}, engine)
    found = settle_by_query(one, dataset, small_facts=0, counters=counters, progress=progress, **asked)
    differs = difference(settle(one, data, **asked), found)
    assert not differs, differs
    return {key: told(own) for key, own in by_clause.items()}


def differing(constructs: Mapping[str, Construct], name: str, data: Data = DATA, head: str = HEAD) -> dict[str, str]:
    """Settle constructs on an engine, beside the reference evaluator.

    Returns:
        By whom each was worked out that is not worked out by whom it says.
    """
    keys = {f"g{at}": title for at, title in enumerate(constructs)}
    one = program("".join(constructs[title].form(key) for key, title in keys.items()), head)
    with closing(engine_of(name)) as engine:
        found = {keys[key]: by for key, by in settled(one, engine, data).items()}
    assert found.keys() == constructs.keys()
    wanted = {title: (own.lite if name == "sqlite" and own.lite else own.by) for title, own in constructs.items()}
    return {title: by for title, by in found.items() if by != wanted[title]}
