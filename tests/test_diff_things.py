"""Changes beside the clauses: terms, forms, lists, lets, sums, indicators, promises, facts, examples, models, moves."""

from __future__ import annotations

import pytest
import settling
from test_diff_meaning import BASE, FORMS, STAYS, swap, told

from interpreter.diff import compare

HEAD = (
    'contract "Case"\n  buyer "Region" code "R"\n  provider "Hospital" code "H"\n  provider "Ward" code "W"\n'
    "  period {}\n\nuse care\n\n"
)
RICH = (
    STAYS
    + FORMS
    + """\
index lpi
  | year | forecast | outcome |
  | 2012 |       2% |         |

let share_of = 2%
let twice = share_of * 2

stays prices list
points indicator 113 weight share_of
fixed "A" 1 mkr
fixed "B" (2 mkr * (1 + lpi[2012].forecast))
withheld_of "W" 10% whole twice * fixed
subtotal all_care = fixed
subtotal rest = stays

indicator 113 "Pressure"
indicator 114 "Smoking"
  let fulfilled = count of stay where kind = urgent
  let population = count of stay

always fixed <= 5 mkr "enough"
always twice <= 1 "small"

example "None"
  given result[113] = 50%, base = 1 mkr
  expect points[113] = 10 000 kr
"""
).replace('withheld_of "W" 10% whole twice * fixed', 'part "W" 10% whole (twice * fixed)')


def rich(*pairs: str, period: str = "2012", head: tuple[str, str] = (HEAD, HEAD)) -> list[str]:
    old = settling.analysed(RICH, period=period, head=head[0])
    new = settling.analysed(swap(RICH, *pairs), period=period, head=head[1])
    return [told(change) for change in compare(old, new).changes]


TERMS = {
    '"Case"': ('"Other"', "renamed | contract | Other | name | Case → Other |  | "),
    'provider "Hospital" code "H"': (
        'provider "Clinic" code "H"',
        "renamed | contract | Case | provider | Hospital (H) → Clinic (H) |  | ",
    ),
    '  provider "Ward" code "W"\n': ("", "removed | contract | Case | provider | Ward (W) →  |  | "),
    '  buyer "Region"': (
        '  buyer "New" code "N"\n  buyer "Region"',
        "added | contract | Case | buyer |  → New (N) |  | ",
    ),
    "  period {}\n": (
        "  period {}\n  settle monthly\n",
        "value | contract | Case | settle | yearly → monthly |  | ",
    ),
    "  period {}\n\n": (
        "  period {}\n  rounding öre up\n\n",
        "value | contract | Case | rounding | half_away → up |  | ",
    ),
    "{}": ("2012-01-01 to 2013-12-31", "value | contract | Case | period to | 2012-12-31 → 2013-12-31 |  | "),
}


@pytest.mark.parametrize("term", sorted(TERMS))
def test_a_term(term: str) -> None:
    after, expected = TERMS[term]
    assert rich(head=(HEAD, swap(HEAD, term, after))) == [expected]


def test_a_term_in_swedish() -> None:
    head = 'avtal "Fall"\n  vårdgivare "Sjukhuset" kod "H"\n  period {}\n\nanvänd care\n\n'
    new = head.replace("period {}\n", "period {}\n  avrundning öre uppåt\n")
    found = compare(*(settling.analysed('fast "A" 1 kr\n', head=h) for h in (head, new)))
    assert [(c.part[1], c.old, c.new) for c in found.changes] == [("avrundning", "halva_från_noll", "uppåt")]


def test_the_order_of_providers_counts_where_a_pool_is_shared_to_the_ore() -> None:
    turned = swap(HEAD, '"Hospital" code "H"', '"Ward" code "X"', '"Ward" code "W"', '"Hospital" code "H"')
    turned = swap(turned, '"Ward" code "X"', '"Ward" code "W"')
    assert rich(head=(HEAD, turned)) == ["editorial | contract | Case | provider | H, W → W, H |  | "]
    pool = [settling.analysed(FORMS + "pool 1 mkr\n", head=head) for head in (HEAD, turned)]
    assert [told(c) for c in compare(*pool).changes] == ["moved | contract | Case | provider | H, W → W, H |  | "]


THINGS = {
    "a row": (("b | 200 kr", "b | 250 kr"), ["value | table | list | row b | 200 kr → 250 kr |  | stays"]),
    "a row more": (
        ("  |     b | 200 kr |\n", "  |     b | 200 kr |\n  |     c | 300 kr |\n"),
        ["added | table | list | row c |  → 300 kr |  | stays"],
    ),
    "a row less": (("  |     b | 200 kr |\n", ""), ["removed | table | list | row b | 200 kr →  |  | stays"]),
    "an index": (
        ("|       2% |", "|       3% |"),
        ['value | index | lpi | row 2012 | prognos 2 % → prognos 3 % |  | fixed["B"]'],
    ),
    "an index's outcome": (
        ("|       2% |         |", "|       2% |      3% |"),
        ['value | index | lpi | row 2012 | utfall – → utfall 3 % |  | fixed["B"]'],
    ),
    "a let": (
        ("let share_of = 2%", "let share_of = 3%"),
        ['value | let | share_of |  | 2% → 3% |  | points[113], part["W"]'],
    ),
    "a let in a promise": (
        ("twice <= 1 ", "twice <= 2 "),
        ["condition | promise | small |  | twice <= 1 → twice <= 2 |  | "],
    ),
    "a promise more": (
        ("always fixed", "always stays <= 1 mkr\nalways fixed"),
        ["added | promise | stays <= 1 mkr |  |  → always stays <= 1 mkr |  | "],
    ),
    "a promise less": (
        ('always twice <= 1 "small"\n', ""),
        ['removed | promise | small |  | always twice <= 1 "small" →  |  | '],
    ),
    "a promise of other words": (
        ('"small"', '"little"', "twice <= 1", "twice <= 3"),
        ["condition | promise | little |  | twice <= 1 → twice <= 3 |  | "],
    ),
    "a subtotal": (
        ("subtotal all_care = fixed", 'subtotal all_care = fixed["A"], stays'),
        ['value | subtotal | all_care |  | fixed["B"] → stays |  | '],
    ),
    "a subtotal more": (
        ("subtotal rest", "subtotal more = stays\nsubtotal rest"),
        ["added | subtotal | more |  |  → stays |  | "],
    ),
    "a subtotal less": (("subtotal rest = stays\n", ""), ["removed | subtotal | rest |  | stays →  |  | "]),
    "an indicator's name": (
        ("Pressure", "Blood"),
        ["renamed | indicator | 113 |  | Pressure → Blood |  | points[113]"],
    ),
    "an indicator's count": (
        ("where kind = urgent", "where kind = plain"),
        [
            (
                "condition | indicator | 114 | fulfilled | count of stay where kind = urgent → "
                "count of stay where kind = plain |  | "
            )
        ],
    ),
    "an indicator more": (
        ("indicator 114", 'indicator 115 "More"\nindicator 114'),
        ['editorial | indicator | 115 |  |  → indicator 115 "More" |  | '],
    ),
    "an indicator less": (
        (
            (
                'indicator 114 "Smoking"\n  let fulfilled = count of stay where kind = urgent\n'
                "  let population = count of stay\n"
            ),
            "",
        ),
        ['editorial | indicator | 114 |  | indicator 114 "Smoking" →  |  | '],
    ),
    "an example": (
        ("given result[113] = 50%", "given result[113] = 60%", "10 000 kr", "12 000 kr"),
        ["editorial | example | None |  |  →  |  | "],
    ),
    "an example more": (
        ('example "None"', 'example "More"\n  expect points[113] = unsettled\n\nexample "None"'),
        ['editorial | example | More |  |  → example "More" |  | '],
    ),
    "a default": (("= 100 kr", "= 150 kr"), ["value | form | stays | limit | 100 kr → 150 kr |  | stays"]),
    "a form's line": (
        ("when dear pays", "when not dear pays"),
        ["condition | form | stays | each stay / when | dear → not dear |  | stays"],
    ),
    "a form's let": (
        ("let dear = cost > limit", "let dear = cost >= limit"),
        ["value | form | stays | each stay / let dear | cost > limit → cost >= limit |  | stays"],
    ),
    "a form's label": (
        ('pays "dear"', 'pays "costly"'),
        [
            'added | form | stays | each stay / when / pays "costly" |  → cost |  | stays',
            'removed | form | stays | each stay / when / pays "dear" | cost →  |  | stays',
        ],
    ),
    "a form's head": (
        ("each stay where kind = plain", "each stay where kind = urgent"),
        ["condition | form | stays | each stay | kind = plain → kind = urgent |  | stays"],
    ),
    "a form outside base": (
        ("form stays (vistelser)\n", "form stays (vistelser)\n  outside base\n"),
        ["value | form | stays | outside base |  →  |  | stays"],
    ),
    "a requirement": (
        ("requires weight > 0%", "requires weight > 1%"),
        ["condition | form | points | requires | weight > 0% → weight > 1% |  | points[113]"],
    ),
    "a case more": (
        ('    otherwise pays "plain"', '    when cost > 1 tkr pays "very" cost\n    otherwise pays "plain"'),
        [
            "added | form | stays | each stay / when |  → cost > 1 tkr |  | stays",
            'added | form | stays | each stay / when / pays "very" |  → cost |  | stays',
        ],
    ),
    "a clause moved": (
        ('fixed "A" 1 mkr\n', 'around "Around" 1 kr\n  fixed "A" 1 mkr\n'),
        [
            'added | clause | around["Around"] |  |  → around "Around" 1 kr |  | around["Around"]',
            (
                'moved | clause | around["Around"]/fixed["A"] |  | fixed["A"] → around["Around"]/fixed["A"] |  | '
                'around["Around"]/fixed["A"]'
            ),
        ],
    ),
    "a wrong name of before": (
        ('fixed "A" 1 mkr\n', 'fixed "A" 2 mkr\n  was "Nothing"\n'),
        ['value | clause | fixed["A"] | amount | 1 mkr → 2 mkr |  | fixed["A"]'],
    ),
}


@pytest.mark.parametrize("name", sorted(THINGS))
def test_a_thing(name: str) -> None:
    pairs, expected = THINGS[name]
    found = rich(*pairs)
    assert found == expected


PACK = FORMS + "pack level 2 mkr/year\nouter top 3 mkr/year\n"


def test_nobody_is_named_when_there_is_no_contract() -> None:
    one = settling.analysed(BASE)
    assert compare(None, None).changes == ()
    assert {c.kind.value for c in compare(None, one).changes} == {"added"}
    assert {c.kind.value for c in compare(one, None).changes} == {"removed"}
    assert list(compare(one, None).clauses) == [i.key for i in one.program.instances]  # type: ignore[union-attr]


def test_a_list_that_is_given_from_a_day_is_compared_row_by_row_as_it_holds_from_then() -> None:
    """A list is written anew by an amendment, or has days on its rows: what is told are the prices that changed."""
    first = "stays\n  prices\n    | group | price |\n    | A     | 10 kr |\n    | B     | 20 kr |\n"
    again = first.replace("stays\n", "  stays\n").replace("  prices", "    prices").replace("    |", "      |")
    amended = f'{first}\namend "Dearer" from 2013-01-01\n{again}'.replace("10 kr", "12 kr").replace("12 kr", "10 kr", 1)
    dated = (
        "stays\n  prices\n    | group | from       | to         | price |\n"
        "    | A     |            | 2012-12-31 | 10 kr |\n    | A     | 2013-01-01 |            | 12 kr |\n"
        "    | B     |            |            | 20 kr |\n"
    )

    def changes(old: str, new: str) -> list[str]:
        before, after = (
            settling.analysed(STAYS + FORMS + text, period="2012-01-01 to 2013-12-31") for text in (old, new)
        )
        return [
            f"{c.part[0]}: {c.old} → {c.new} | {c.start or ''}" for c in compare(before, after).changes if c.of_meaning
        ]

    assert changes(first, amended) == ["prices row A: 10 kr → 12 kr | 2013-01-01"]
    assert changes(first, dated) == [
        "prices row A: 10 kr → 10 kr (–2012-12-31) | ",
        "prices row A:  → 12 kr | 2013-01-01",
    ]
    cheaper = dated.replace("12 kr", "11 kr")
    assert changes(amended, cheaper) == ["prices: prices → prices | ", "prices row A: 12 kr → 11 kr | 2013-01-01"]


def test_a_list_that_a_model_has_by_default_reaches_its_clauses() -> None:
    """Also through the model around; a use that gives a list of its own leaves the default out."""
    text = (
        "table list_of : group code -> price kr\n  | group | price |\n  | A | 10 kr |\n\n"
        "table other : group code -> price kr\n  | group | price |\n  | A | 20 kr |\n\n"
        'form looked\n  param prices : table group code -> price kr\n  pays prices["A"].price\n\n'
        "model inner\n  param prices : table group code -> price kr = list_of\n"
        '  looked "A"\n    prices prices\n\nmodel outer\n  param size : kr\n  inner\n  looked "B"\n    prices other\n\n'
    )
    for use, kind, reached in (
        ("outer\n  size 1 kr\n", "value", 'looked["A"]'),
        ("inner\n  prices other\n", "editorial", ""),
    ):
        before, after = (settling.analysed(one + use) for one in (text, text.replace("10 kr", "11 kr")))
        found = [told(change) for change in compare(before, after).changes]
        assert found == [f"{kind} | table | list_of | row A | 10 kr → 11 kr |  | {reached}"]


RANGED = """\
form held
  param size : kr first from 0 kr to 10 kr
  param other : number from 1 = 1
  pays size * other
fixed "A" 12 kr
held (fixed)
"""
OWN = "param size : kr first from 0 kr to 10 kr"
RANGES = {
    "wider": "param size : kr first from 0 kr to 20 kr",
    "open": "param size : kr first from 0 kr",
}


@pytest.mark.parametrize("name", RANGES)
def test_the_range_of_a_parameter_is_told_for_what_is_worked_out_may_lie_outside_it(name: str) -> None:
    found = compare(settling.analysed(RANGED), settling.analysed(swap(RANGED, OWN, RANGES[name])))
    assert [told(c) for c in found.changes] == [
        f"condition | form | held | param size | {OWN} → {RANGES[name]} |  | held"
    ]


def test_a_range_is_none_of_the_order_of_parameters_and_comes_and_goes_by_itself() -> None:
    lines = ("  param size : kr first from 0 kr to 10 kr\n", "  param other : number from 1 = 1\n")
    other = swap(RANGED, "".join(lines), "".join(reversed(lines)))
    assert compare(settling.analysed(RANGED), settling.analysed(other)).of_meaning == ()
    gone = swap(RANGED, "number from 1", "number")
    found = compare(settling.analysed(RANGED), settling.analysed(gone)).changes
    assert [told(c).split(" | ")[:4] for c in found] == [["removed", "form", "held", "param other"]]
