"""What amounts are made of, in a few words a clause below the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import run

CONTRACTS = Path(__file__).parents[1] / "contracts"


def told_below(contract: str, period: str, *asked: str) -> str:
    shown = run("settle", CONTRACTS / contract, "--period", period, *asked).stdout.replace("\u00a0", " ")
    return unwrapped(shown, "Så blev beloppen")


def unwrapped(shown: str, heading: str) -> str:
    """What stands below a heading, lines that go on below themselves made whole."""
    below = shown.partition(f"{heading}\n")[2].partition("\n\n")[0]
    assert max(map(len, below.splitlines())) <= 110
    return below.replace("\n    ", " ")


@pytest.mark.parametrize(
    ("contract", "asked", "told", "untold"),
    [
        # 400 × 1 650 kr are the 660 000 kr of the table
        (
            "psykiatri",
            ["--provider", "NO"],
            ["styckersättning LÄKARE: 400 besök à 1 650,00 kr"],
            "Beredskap dygnet runt:",
        ),
        # 39 × 1 240 kr + 32 × 980 kr are its 79 720 kr
        (
            "katarakt",
            ["--provider", "EK"],
            ["vårdvalsdel Åtgärder per fall: 39 à 1 240,00 kr, 32 à 980,00 kr"],
            "Miljö:",
        ),
        # half way from 80 to 95 per cent; 29 772 008,04 kr and 5 335,2797 × 41 250 kr are its 249 852 295,67 kr
        (
            "akutsjukhus",
            [],
            [
                "koder I10*-I15* som tryckt: måluppfyllelsen 50 %",
                "drg Huvuddel: 292 rader, 29 772 008,04 kr; 5 335,2797 drg_poäng à 41 250,00 kr; ",
            ],
            "Tak:",
        ),
    ],
)
def test_an_amount_says_what_it_is_made_of(contract: str, asked: list[str], told: list[str], untold: str) -> None:
    below = told_below(contract, "2012", *asked)
    for text in told:
        assert text in below
    assert untold not in below


def test_it_is_said_in_english() -> None:
    asked = ("--period", "2012", "--provider", "NO", "--lang", "en")
    shown = run("settle", CONTRACTS / "psykiatri", *asked).stdout.replace("\u00a0", " ")
    below = unwrapped(shown, "How the amounts came about")
    assert "fee LÄKARE: 400 visits at 1 650.00 kr" in below
    assert re.search(r": 123 rows: 1 378 days at 4 350.00 kr, 276 days at ", below, re.MULTILINE)


def test_each_part_of_an_amount_has_its_sum() -> None:
    # 0,655 × 63 493 kr + 2 500,83 kr are the 44 088,75 kr of the table, rounded once
    below = told_below("mellanlansavtal", "2022-q1", "--buyer", "ÖD", "--provider", "KK")
    parts = "ytterfall 2 500,83 kr (1 rad); produktion 41 587,915 kr (0,655 drg_poäng à 63 493,00 kr)"
    assert f"drg Vård enligt DRG: {parts}; " in below
    # a part of rows that have nothing of anything is told by its sum alone
    assert "avslutad i fasen 0,00 kr (1 rad)" in told_below("reumatologi", "2022", "--provider", "S")


def test_volumes_are_told_at_their_price_and_rows_beside_them() -> None:
    # 2,25 × 38 000 kr are the 85 500 kr of the table: twelve months of parts of a post
    below = told_below("nara_vard", "2023", "--provider", "LIDEN")
    assert "tjänsteersättning SAMORDNARE: 12 rader: 2,25 heltidstjänst à 38 000,00 kr" in below
    # twelve prices are too many to list, of things that have no unit in common
    assert "prislista Aktiviteter: 133 rader\n" in below


def test_many_prices_of_one_unit_are_told_by_their_volume(tmp_path: Path) -> None:
    items = [f"V{n}" for n in range(7)]
    prices = "".join(f"    | {item} | {n} |\n" for n, item in enumerate(items, start=100))
    (tmp_path / "contract.avtal").write_text(
        'avtal "A"\n  vårdgivare "V" kod "V"\n  period 2023\nanvänd regional\n'
        f'undantag "U"\n  priser\n    | artikel | pris |\n{prices}',
        encoding="utf-8",
    )
    (tmp_path / "data").mkdir()
    rows = "".join(f"{n};V;B;2023-05-02;{item};2\n" for n, item in enumerate(items))
    (tmp_path / "data" / "utförd_tjänst.csv").write_text(
        f"radnummer;vårdgivare;beställare;utförd;artikel;antal\n{rows}", "utf-8"
    )
    assert "undantag U: 7 rader, 14 styck\n" in run("settle", tmp_path).stdout.replace("\u00a0", " ")


def test_amounts_that_hardly_repeat_are_not_listed() -> None:
    assert "faktisk_kostnad Dyra läkemedel: 2 rader" in told_below("mellanlansavtal", "2022-q1", "--provider", "NL")


def test_a_year_is_no_grouped_number() -> None:
    assert "första_räknade_år 2020; sista_räknade_år 2021; " in told_below("mellansverige", "2022")
