"""A change is told where it was made, with what it reaches; what means the same is no change, however it is written."""

from __future__ import annotations

import pytest
import settling

from interpreter.diff import Change, Changes, compare

FORMS = """\
form points (poängdel)
  outside base
  needs result: indicator, value
  param indicator (indikator) : code key
  param floor_ (golv_) : % optional
  param weight (vikt) : %
  param better (riktning) : choice higher (högre), lower (lägre) = higher
  param whole (helhet) : kr = base
  requires weight > 0% "a weight"
  let outcome = result[indicator].value
  unsettled when outcome is missing "no result"
  let share_ = when better = lower then 0% otherwise clamp(outcome, floor_ else 0%, 100%)
  gives reached (uppnått) = share_
  pays weight * share_ * whole

form stays (vistelser)
  needs stay: group, cost, on, patient, kind, load
  param prices (priser) : table group -> price (pris) kr
  param limit (gräns) : kr = 100 kr
  each stay where kind = plain
    let entry = prices[group]
    let dear = cost > limit
    when dear pays "dear" cost
    otherwise pays "plain" entry.price

form monthly (månadsvis_del)
  needs stay: cost, patient, load
  param rate (takt) : kr/month
  each month
    let here = count of stay
    when here > 0 contact pays "month" rate * 1 month
  each stay by patient
    let there = count
    pays "patient" there / 1 contact * 1 kr
  each stay by patient, spell of 12 months
    pays "spell" sum of load * 1 kr

form recent (nyligen)
  needs stay: cost, patient, on
  param price (pris) : kr
  each stay as now
    pays price * (count of stay as s in 30 days before now.on where s.patient = now.patient) / 1 contact

form around (runt)
  param amount (belopp) : kr first
  for inside whole = amount
  pays 0 kr

form pool (pott)
  param amount (belopp) : kr first
  pays portion of amount over providers weighted by 1

model pack (paket)
  param level (nivå) : kr/year = 1 mkr/year
  fixed "Packed" level
  part "Packed share" 10% whole fixed["Packed"]

model outer (ytter)
  param top (topp) : kr/year
  pack level top

"""
BASE = FORMS + 'fixed "A" 84 mkr/year\nfixed "B" 2 mkr\npart "Q" 2% whole fixed\n'
STAYS = """\
table list : group code -> price (pris) kr
  | group |  price |
  |     a | 100 kr |
  |     b | 200 kr |

"""


def told(change: Change) -> str:
    parts = [change.kind.value, change.thing.value, change.key, change.part[0]]
    days = f"{change.start or ''}..{change.end or ''}" if change.start or change.end else ""
    return " | ".join([*parts, f"{change.old} → {change.new}", days, ", ".join(change.affects)])


def between(old: str, new: str, **settings: str) -> Changes:
    return compare(settling.analysed(old, **settings), settling.analysed(new, **settings))


def changes(old: str, new: str, **settings: str) -> list[str]:
    return [told(change) for change in between(old, new, **settings).changes]


def swap(text: str, *pairs: str) -> str:
    for at in range(0, len(pairs), 2):
        assert pairs[at] in text, pairs[at]
        text = text.replace(pairs[at], pairs[at + 1])
    return text


# --- what means the same


SAME = {
    "unit": ("84 mkr/year", "84 000 000 kr/year"),
    "time": ("84 mkr/year", "7 mkr/month"),
    "arithmetic": ('fixed "B" 2 mkr', 'fixed "B" (1 mkr + 500 tkr * 2)'),
    "subtraction": ('fixed "B" 2 mkr', 'fixed "B" (6 mkr / 2 - 1 mkr)'),
    "minus": ('fixed "B" 2 mkr', 'fixed "B" (-(-2 mkr))'),
    "dated": ('fixed "B" 2 mkr', 'fixed "B"\n  amount\n    from 2012-01-01  2 mkr'),
    "dated twice": ('fixed "B" 2 mkr', 'fixed "B"\n  amount\n    from 2012-01-01  2 mkr\n    from 2012-07-01  2 mkr'),
    "terms in another order": ('part "Q" 2% whole fixed', 'part "Q" 2% whole (fixed["B"] + fixed["A"])'),
    "let": ('part "Q" 2%', 'let two = 2%\npart "Q" two'),
    "comment": ('fixed "B" 2 mkr', '# a comment\nfixed "B"   2 mkr'),
    "source": ('fixed "B" 2 mkr', 'fixed "B" 2 mkr\n  source "the annex"'),
    "default": ('fixed "B" 2 mkr', 'fixed "B" 2 mkr\npoints indicator 113 weight 2%'),
}


@pytest.mark.parametrize("name", sorted(SAME))
def test_what_is_written_otherwise_means_the_same(name: str) -> None:
    before, after = SAME[name]
    old, new = BASE, swap(BASE, before, after)
    if name == "terms in another order":
        old = swap(BASE, 'part "Q" 2% whole fixed', 'part "Q" 2% whole (fixed["A"] + fixed["B"])')
        new = swap(BASE, 'part "Q" 2% whole fixed', 'part "Q" 2% whole (fixed["B"] + fixed["A"])')
    if name == "default":
        old, new = (swap(text, before, after) for text in (BASE, BASE))
        new = swap(new, "weight 2%", "weight 2% better higher")
    found = between(old, new)
    assert found.of_meaning == ()
    assert found.written == (("written otherwise", "annorlunda skrivet"),)
    assert found.clauses == {}


def test_the_same_text_is_not_even_written_otherwise() -> None:
    assert between(BASE, BASE) == Changes(changes=(), keys=between(BASE, BASE).keys, names=between(BASE, BASE).names)


def test_the_order_of_clauses_is_editorial() -> None:
    found = between(
        BASE, swap(BASE, 'fixed "A" 84 mkr/year\nfixed "B" 2 mkr\n', 'fixed "B" 2 mkr\nfixed "A" 84 mkr/year\n')
    )
    assert found.of_meaning == ()
    assert found.written == (("clauses in another order", "poster i annan ordning"),)


SV = 'avtal "Case"\n  vårdgivare "Hospital" kod "H"\n  period {}\n\nanvänd care\n\n'


def test_another_vocabulary_is_a_translation() -> None:
    old = settling.analysed('fixed "A" 84 mkr/year\n')
    new = settling.analysed('fast "A" 84 mkr/år\n', head=SV)
    found = compare(old, new)
    assert found.of_meaning == ()
    assert found.written == (("translated into Swedish", "översatt till svenska"),)
    assert compare(new, old).written == (("translated into English", "översatt till engelska"),)


def test_a_let_of_another_name_and_rows_of_another_name_mean_the_same() -> None:
    stays = (
        STAYS
        + FORMS
        + "stays prices list\nrecent price 1 kr\npoints indicator 113 weight 2%\nmonthly rate 1 kr/month\n"
    )
    new = swap(
        stays, "let dear", "let costly", "when dear", "when costly", "share_", "portion_", "s.patient", "t.patient"
    )
    new = swap(
        new, "stay as s", "stay as t", "let there", "let number", 'pays "patient" there', 'pays "patient" number'
    )
    assert [told(c) for c in between(stays, new).of_meaning] == []


# --- values


CHANGED = {
    "value": (
        "84 mkr/year",
        "85 mkr/year",
        ['value | clause | fixed["A"] | amount | 84 mkr/year → 85 mkr/year |  | fixed["A"]'],
    ),
    "unit": ("84 mkr/year", "84 mkr", ['unit | clause | fixed["A"] | amount | 84 mkr/year → 84 mkr |  | fixed["A"]']),
    "a rate after a sum": (
        'fixed "B" 2 mkr',
        'fixed "B"\n  amount\n    from 2012-01-01  2 mkr\n    from 2012-07-01  2 mkr/month',
        ['unit | clause | fixed["B"] | amount | 2 mkr → 2 mkr/month | 2012-07-01.. | fixed["B"]'],
    ),
    "added": (
        'fixed "B" 2 mkr',
        'fixed "B" 2 mkr\nfixed "C" 3 mkr',
        ['added | clause | fixed["C"] |  |  → fixed "C" 3 mkr |  | fixed["C"]'],
    ),
    "removed": (
        'fixed "B" 2 mkr\n',
        "",
        ['removed | clause | fixed["B"] |  | fixed "B" 2 mkr →  |  | fixed["B"]'],
    ),
    "renamed, certainly": (
        'fixed "B" 2 mkr',
        'fixed "Bee" 2 mkr',
        ['renamed | clause | fixed["Bee"] |  | fixed["B"] → fixed["Bee"] |  | fixed["Bee"]'],
    ),
    "renamed and changed is not certain": (
        'fixed "B" 2 mkr',
        'fixed "Bee" 3 mkr',
        [
            'added | clause | fixed["Bee"] |  |  → fixed "Bee" 3 mkr |  | fixed["Bee"]',
            'removed | clause | fixed["B"] |  | fixed "B" 2 mkr →  |  | fixed["B"]',
        ],
    ),
    "renamed, as it says": (
        'fixed "B" 2 mkr',
        'fixed "Bee" 3 mkr\n  was "B"',
        [
            'renamed | clause | fixed["Bee"] |  | fixed["B"] → fixed["Bee"] |  | fixed["Bee"]',
            'value | clause | fixed["Bee"] | amount | 2 mkr → 3 mkr |  | fixed["Bee"]',
        ],
    ),
    "another form is another clause": (
        'fixed "B" 2 mkr',
        'around "Bee" 3 mkr\n  was "B"',
        [
            'added | clause | around["Bee"] |  |  → around "Bee" 3 mkr |  | around["Bee"]',
            'removed | clause | fixed["B"] |  | fixed "B" 2 mkr →  |  | fixed["B"]',
        ],
    ),
    "dated": (
        "84 mkr/year",
        '84 mkr/year\n\namend "More" from 2012-07-01\n  fixed "A" 90 mkr/year\n',
        ['value | clause | fixed["A"] | amount | 84 mkr/year → 90 mkr/year | 2012-07-01.. | fixed["A"]'],
    ),
    "ends": (
        'part "Q" 2% whole fixed\n',
        'part "Q" 2% whole fixed\n\namend "Less" from 2012-07-01\n  ends part["Q"]\n',
        ['value | clause | part["Q"] | in force to |  → 2012-06-30 |  | part["Q"]'],
    ),
    "component": (
        'fixed "B" 2 mkr',
        'fixed "B" 2 mkr\n  component structure',
        ['value | clause | fixed["B"] | component |  → structure |  | fixed["B"]'],
    ),
    "a let": ('part "Q" 2% whole fixed', 'part "Q" 2% whole (fixed["A"] * 2)', None),
}


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_a_change_of_a_clause(name: str) -> None:
    before, after, expected = CHANGED[name]
    if name == "a let":
        expected = ['value | clause | part["Q"] | whole | fixed → fixed["A"] * 2 |  | part["Q"]']
    assert changes(BASE, swap(BASE, before, after)) == expected
