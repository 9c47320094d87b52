"""What amounts are made of, in a few words a clause below the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import run

CONTRACTS = Path(__file__).parents[1] / "contracts"


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
        # half way from 80 to 95 per cent
        ("akutsjukhus", [], ["koder I10*-I15* som tryckt: måluppfyllelsen 50 %", "drg Huvuddel: 292 rader; "], "Tak:"),
    ],
)
def test_an_amount_says_what_it_is_made_of(contract: str, asked: list[str], told: list[str], untold: str) -> None:
    shown = run("settle", CONTRACTS / contract, "--period", "2012", *asked).stdout.replace("\u00a0", " ")
    below = shown.partition("Så blev beloppen\n")[2].partition("\n\n")[0]
    for text in told:
        assert text in below
    assert untold not in below


def test_it_is_said_in_english() -> None:
    asked = ("--period", "2012", "--provider", "NO", "--lang", "en")
    shown = run("settle", CONTRACTS / "psykiatri", *asked).stdout.replace("\u00a0", " ")
    below = shown.partition("How the amounts came about\n")[2].partition("\n\n")[0]
    assert "fee LÄKARE: 400 visits at 1 650.00 kr" in below
    assert re.search(r": 123 rows, 1 828 days$", below, re.MULTILINE)
