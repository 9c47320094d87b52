"""The follow-up tables as printed, with the places where they disagree: tidied up, the doubt would no longer show."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
YEARS = ("y2019", "y2020", "y2021", "y2022")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(name: str) -> tuple[int, ...]:
    """What the items of a table sum to, a year at a time."""
    items = [row for row in rows(name) if row["kind"] == "item"]
    return tuple(sum(int(row[year]) for row in items) for year in YEARS)


def printed(name: str, kind: str) -> tuple[int, ...]:
    (row,) = (row for row in rows(name) if row["kind"] == kind)
    return tuple(int(row[year]) for year in YEARS)


@pytest.mark.parametrize(
    ("name", "kind", "difference"),
    [
        ("uppsala_drg_points_by_area", "total_as_printed", (0, 1, -1, -1)),
        ("orebro_drg_points_by_area", "total_as_printed", (0, 1, 0, 0)),
        ("uppsala_drg_top10", "subtotal_as_printed", (2, 2, 3, 0)),
        ("orebro_drg_top10", "subtotal_as_printed", (-90, -1, -1, -2)),
    ],
)
def test_items_against_the_printed_sum(name: str, kind: str, difference: tuple[int, ...]) -> None:
    assert tuple(a - b for a, b in zip(sums(name), printed(name, kind), strict=True)) == difference


def test_uppsala_has_two_totals_for_2021_and_the_printed_change_fits_one() -> None:
    total = {name: printed(name, "total_as_printed") for name in ("uppsala_drg_points_by_area", "uppsala_drg_top10")}
    assert [t[2] for t in total.values()] == [21_712, 21_409]
    change = {round(Fraction(t[3] * 1000, t[2])) - 1000 for t in total.values()}
    followup = {(r["measure_sv"], r["provider"]): r for r in rows("mellansverige_followup_2022")}
    stated = Fraction(followup["DRG-poäng", "Uppsala"]["change_pct_2022_vs_2021_or_share"])
    assert change == {17, 31}
    assert stated * 10 == 17


def test_price_and_volume_do_not_explain_what_uppsala_invoiced() -> None:
    followup = {
        (r["measure_sv"], r["provider"]): Fraction(r["change_pct_2022_vs_2021_or_share"])
        for r in rows("mellansverige_followup_2022")
    }
    product = (1 + followup["Prisökning", "Uppsala"] / 100) * (1 + followup["DRG-poäng", "Uppsala"] / 100)
    assert round((product - 1) * 100, 1) == Fraction("6.8")
    assert followup["Fakturerat belopp", "Uppsala"] == Fraction("8.3")


def test_the_dearest_five_of_uppsala_are_seven() -> None:
    uppsala = [r for r in rows("top_outliers_2022") if r["seller"].startswith("Region Uppsala")]
    assert [r["rank_as_printed"] for r in uppsala] == ["1", "2", "3", "4", "5", "5", "5"]


def test_shares_by_kind_of_billing_make_a_hundred() -> None:
    found = rows("uppsala_billing_type_2022")
    for column in ("share_contacts_pct", "share_cost_pct"):
        assert sum(int(r[column]) for r in found) == 100
    assert [r["status"].startswith("printed") for r in found] == [True, True, False]


def test_all_contacts_of_orebro_rose_by_the_printed_per_cent() -> None:
    found = rows("orebro_contacts_2018_2022")
    before, after = (sum(int(r[year]) for r in found) for year in ("y2021", "y2022"))
    stays = found[0]
    assert round(Fraction(100 * (after - before), before), 1) == Fraction("6.5")
    assert round(Fraction(100 * (int(stays["y2022"]) - int(stays["y2021"])), int(stays["y2021"])), 1) == 6
