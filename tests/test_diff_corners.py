"""Rarer changes: defaults and parameters that come and go, values that build on others, lists with other columns."""

from __future__ import annotations

import pytest
import settling
from test_diff_meaning import BASE, FORMS, STAYS, between, swap, told

from interpreter.diff import compare

USES = STAYS + FORMS + "stays prices list\npoints indicator 113 weight 2%\nrecent price 1 kr\n"
PACK = FORMS + "pack level 2 mkr/year\n"
DATED = FORMS + 'fixed "A"\n  amount\n    from 2012-01-01  1 mkr\n    from 2012-07-01  previous * 2\n'
AROUND = """\
form offers_ (erbjuder)
  param amount (belopp) : kr first
  for inside extra = amount
  pays 0 kr

form takes_ (tar)
  param extra (mer) : kr = 5 kr
  pays extra

offers_ "Around" 1 mkr
  takes_ "Inner"
"""


def changes(text: str, *pairs: str, period: str = "2012") -> list[str]:
    return [told(change) for change in between(text, swap(text, *pairs), period=period).changes]


CASES: dict[str, tuple[str, tuple[str, ...], list[str]]] = {
    "a let more in a form": (
        USES,
        ("    let dear = cost > limit\n", "    let much = limit * 2\n    let dear = cost > much\n"),
        ["condition | form | stays | each stay / let dear | cost > limit → cost > much |  | stays"],
    ),
    "a let less in a form": (
        USES,
        ("    let dear = cost > limit\n    when dear pays", "    when cost > limit pays"),
        [],
    ),
    "a let of another name beside a change": (
        USES,
        (
            '    let dear = cost > limit\n    when dear pays "dear" cost',
            '    let costly = cost > limit\n    when costly pays "dear" cost * 2',
        ),
        ['value | form | stays | each stay / when / pays "dear" | cost → cost * 2 |  | stays'],
    ),
    "a default that nobody takes": (
        swap(USES, "stays prices list", "stays prices list limit 50 kr"),
        ("limit (gräns) : kr = 100 kr", "limit (gräns) : kr = 150 kr"),
        [],
    ),
    "a parameter more that is left out": (
        USES,
        (
            "  param limit (gräns) : kr = 100 kr\n",
            "  param limit (gräns) : kr = 100 kr\n  param more (mer) : kr optional\n",
        ),
        [],
    ),
    "a parameter less": (
        swap(USES, "stays prices list", "stays prices list limit 50 kr"),
        (
            "  param limit (gräns) : kr = 100 kr\n",
            "",
            "cost > limit",
            "cost > 50 kr",
            "stays prices list limit 50 kr",
            "stays prices list",
        ),
        [
            "value | clause | stays | limit | 50 kr → – |  | stays".replace("–", ""),
            "condition | form | stays | each stay / let dear | cost > limit → cost > 50 kr |  | stays",
        ],
    ),
    "a parameter less that was left out": (
        USES,
        ("  param limit (gräns) : kr = 100 kr\n", "", "cost > limit", "cost > 100 kr"),
        ["condition | form | stays | each stay / let dear | cost > limit → cost > 100 kr |  | stays"],
    ),
    "given what was a default": (
        USES,
        ("stays prices list", "stays prices list limit 200 kr"),
        ["value | clause | stays | limit | 100 kr → 200 kr |  | stays"],
    ),
    "given what had none": (
        USES,
        ("weight 2%\n", "weight 2% floor_ 10%\n"),
        ["value | clause | points[113] | floor_ |  → 10% |  | points[113]"],
    ),
    "a case of a let": (
        swap(
            USES,
            "let share_ = when better = lower then 0% otherwise clamp(outcome, floor_ else 0%, 100%)",
            "let share_ = when better = lower then 5% otherwise outcome",
        ),
        ("then 5%", "then 7%"),
        [
            (
                "value | form | points | let share_ | when better = lower then 5% otherwise outcome → "
                "when better = lower then 7% otherwise outcome |  | points[113]"
            )
        ],
    ),
    "a condition of a let": (
        swap(
            USES,
            "let share_ = when better = lower then 0% otherwise clamp(outcome, floor_ else 0%, 100%)",
            "let share_ = when outcome > 5% then 5% otherwise outcome",
        ),
        ("outcome > 5%", "outcome > 6%"),
        [
            (
                "condition | form | points | let share_ | when outcome > 5% then 5% otherwise outcome → "
                "when outcome > 6% then 5% otherwise outcome |  | points[113]"
            )
        ],
    ),
    "a window": (
        USES,
        ("in 30 days before", "in 60 days before"),
        ["condition | form | recent | each stay / pays | 30 days → 60 days |  | recent"],
    ),
    "a model's own value": (
        PACK,
        ("pack level 2 mkr/year", "pack level 3 mkr/year"),
        ['value | model | pack | level | 2 mkr/year → 3 mkr/year |  | fixed["Packed"]'],
    ),
    "a model's default": (
        swap(PACK, "pack level 2 mkr/year\n", "pack\n"),
        ("= 1 mkr/year", "= 2 mkr/year"),
        ['value | model | pack | level | 1 mkr/year → 2 mkr/year |  | fixed["Packed"]'],
    ),
    "a model's line": (
        swap(PACK, "pack level 2 mkr/year\n", "outer top 2 mkr/year\n"),
        ('part "Packed share" 10%', 'part "Packed share" 12%'),
        ['value | clause | part["Packed share"] | weight | 10% → 12% |  | part["Packed share"]'],
    ),
    "a model in a model": (
        swap(PACK, "pack level 2 mkr/year\n", "outer top 2 mkr/year\n"),
        ("outer top 2 mkr/year\n", "outer top 3 mkr/year\n"),
        ['value | model | outer | top | 2 mkr/year → 3 mkr/year |  | fixed["Packed"]'],
    ),
    "what a dated value builds on": (
        DATED,
        ("1 mkr\n    from 2012-07", "3 mkr\n    from 2012-07"),
        ['value | clause | fixed["A"] | amount | 1 mkr → 3 mkr |  | fixed["A"]'],
    ),
    "a dated value": (
        DATED,
        ("previous * 2", "previous * 3"),
        ['value | clause | fixed["A"] | amount | previous * 2 → previous * 3 | 2012-07-01.. | fixed["A"]'],
    ),
    "a dated value before the contract": (
        DATED,
        ("    from 2012-01-01  1 mkr\n", "    from 2011-01-01  9 mkr\n    from 2012-01-01  1 mkr\n"),
        [],
    ),
    "a date": (
        DATED,
        ("from 2012-07-01", "from 2012-10-01"),
        ['value | clause | fixed["A"] | amount | previous * 2 → 1 mkr | 2012-07-01..2012-09-30 | fixed["A"]'],
    ),
    "a rate by another time": (
        swap(BASE, "84 mkr/year", "84 mkr/day"),
        ("84 mkr/day", "84 mkr/month"),
        ['unit | clause | fixed["A"] | amount | 84 mkr/day → 84 mkr/month |  | fixed["A"]'],
    ),
    "other columns": (
        USES,
        (
            "price (pris) kr\n  | group |  price |\n",
            "price (pris) kr, note number\n  | group | price | note |\n",
            "100 kr |",
            "100 kr | 1 |",
            "200 kr |",
            "200 kr | 1 |",
        ),
        ["value | table | list | columns | group -> price kr → group -> price kr, note number |  | stays"],
    ),
    "a column of another unit": (
        swap(
            STAYS,
            "price (pris) kr",
            "price (pris) kr, much %",
            " price |\n",
            " price | much |\n",
            "100 kr |",
            "100 kr | 5% |",
            "200 kr |",
            "200 kr | 5% |",
        )
        + FORMS
        + "stays prices list\n",
        ("much %", "much kr", "5%", "5 kr"),
        ["unit | table | list | columns | group -> price kr, much % → group -> price kr, much kr |  | stays"],
    ),
    "the days of a row": (
        swap(
            USES,
            "| group |  price |\n  |     a | 100 kr |",
            "| group | to | price |\n  |     a | 2012-06-30 | 100 kr |",
            "|     b | 200",
            "|     b | | 200",
        ),
        ("2012-06-30", "2012-09-30"),
        ["value | table | list | row a | (–2012-06-30) → (–2012-09-30) | ..2012-09-30 | stays"],
    ),
    "a list more": (
        USES,
        (
            "table list",
            "table second : group code -> price (pris) kr\n  | group | price |\n  | a | 1 kr |\n\ntable list",
        ),
        [],
    ),
    "a list that nobody uses": (
        "table unused : age number -> fee kr\n  | age | fee |\n  | 0-6 | 1,5 kr |\n  | 7+ | 2 kr |\n\n" + USES,
        ("1,5 kr", "1,25 kr", "| 7+ | 2 kr |", "| 7+ | 3 kr |"),
        [
            "editorial | table | unused | row 0-6 | 1,5 kr → 1,25 kr |  | ",
            "editorial | table | unused | row 7+ | 2 kr → 3 kr |  | ",
        ],
    ),
    "a figure without an end": (
        "table unused : age number -> time hour\n  | age | time |\n  | 1 | 20 minutes |\n\n" + USES,
        ("20 minutes", "40 minutes"),
        ["editorial | table | unused | row 1 | 1/3 hour → 2/3 hour |  | "],
    ),
    "an inline list": (
        swap(USES, "stays prices list", "stays\n  prices\n    | group | price |\n    | a | 1 kr |"),
        ("| a | 1 kr |", "| a | 2 kr |"),
        ["value | clause | stays | prices row a | 1 kr → 2 kr |  | stays"],
    ),
    "an example less": (
        BASE + '\nexample "Gone"\n  expect fixed["B"] = 2 mkr\n',
        ('\nexample "Gone"\n  expect fixed["B"] = 2 mkr\n', ""),
        ['editorial | example | Gone |  | example "Gone" →  |  | '],
    ),
    "a form that offers what a nested clause takes": (
        AROUND,
        ("  for inside extra = amount\n", ""),
        [
            'removed | form | offers_ | for inside extra | amount →  |  | offers_["Around"]',
            (
                'value | clause | offers_["Around"]/takes_["Inner"] |  | takes_ "Inner" → takes_ "Inner" |  | '
                'offers_["Around"]/takes_["Inner"]'
            ),
        ],
    ),
    "clauses that are shares of what came": (
        BASE,
        ('part "Q" 2% whole fixed', 'fixed "C" 1 mkr\npart "Q" 2% whole fixed'),
        ['added | clause | fixed["C"] |  |  → fixed "C" 1 mkr |  | fixed["C"]'],
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_rarer_change(name: str) -> None:
    text, pairs, expected = CASES[name]
    assert changes(text, *pairs) == expected


def test_a_step_of_rounding() -> None:
    head = swap(settling.HEAD, "period {}\n", "period {}\n  rounding öre half_away\n")
    old, new = (settling.analysed(BASE, head=h) for h in (head, swap(head, "öre", "kr")))
    assert [told(c) for c in compare(old, new).changes] == ["value | contract | Case | rounding | 1 öre → 1 kr |  | "]


def test_a_fact_that_is_read_otherwise() -> None:
    facts = (
        "fact visit (besök_)\n  key id\n  dated seen\n  provider ward\n  column id : code\n  column ward : code\n"
        "  column seen : date\n  column hours_ : hour optional\n\n"
        "form visits_ (besöken)\n  needs visit: hours_\n  each visit\n    pays hours_ * 1 kr/hour\n\n"
    )
    old = facts + "visits_\n"
    new = swap(old, "hours_ : hour optional", "hours_ : minute", "  key id\n", "  key id, seen\n")
    assert [told(c) for c in between(old, new).changes] == [
        "value | fact | visit | column hours_ | number hour optional → number minute |  | visits_",
        "value | fact | visit | key | id → id, seen |  | visits_",
    ]
