"""The portfolio's sums with Polars, as a process of its own: whole öre and thousandths of a point, no floating point.

python bench/portfolio/polars_sums.py DATA TERMS OUT.csv
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

FIRST, LAST = date(2023, 1, 1), date(2023, 12, 31)
WHOLE = pl.Int64


def scaled(column: str, digits: int) -> pl.Expr:
    """A DECIMAL column as a whole number of its last decimal."""
    return (pl.col(column).cast(pl.Decimal(18, digits)) * 10**digits).cast(WHOLE)


def listed(path: Path, **decimals: int) -> pl.LazyFrame:
    """A list beside the contract, the columns named as whole numbers of their last decimal."""
    frame = pl.scan_csv(path, separator=";", infer_schema=False)
    return frame.with_columns(
        *((pl.col(name).str.to_decimal(scale=digits) * 10**digits).cast(WHOLE) for name, digits in decimals.items())
    )


def nearest(number: pl.Expr, over: pl.Expr | int) -> pl.Expr:
    """A quotient of whole numbers, not negative, rounded half up."""
    return (2 * number + over) // (2 * over)


def main() -> None:
    """Sum, and write (provider, clause, öre)."""
    data, terms, out = map(Path, sys.argv[1:])
    prices = listed(terms / "prices.csv", price=2).with_columns(pl.col("from", "to").str.to_date())
    weights = listed(terms / "drg.csv", weight=3, limit=2)
    visits = (
        pl.scan_parquet(data / "activity.parquet")
        .filter(pl.col("performed").is_between(FIRST, LAST))
        .join(prices, on=["item", "profession"])
        .filter(pl.col("performed").is_between(pl.col("from"), pl.col("to")))
        .group_by("provider")
        .agg(visits=(pl.col("quantity").cast(WHOLE) * pl.col("price")).sum())
    )
    cost = scaled("cost", 2)
    stays = (
        pl.scan_parquet(data / "admission.parquet")
        .filter(pl.col("discharged").is_between(FIRST, LAST))
        .join(weights, on="drg")
        .group_by("provider")
        .agg(points=pl.col("weight").sum(), outliers=pl.max_horizontal(cost - pl.col("limit"), 0).sum())
    )
    points, target = pl.col("points"), pl.col("target")
    # Hundredths of a thousandth of a point, for the shares of 30 and 25 per cent.
    production = (
        pl.when(points > target).then(100 * target + 30 * (points - target)).otherwise(75 * target + 25 * points)
    )
    paid = (
        listed(terms / "terms.csv", block=2, target=3, price=2)
        .join(visits, on="provider", how="left")
        .join(stays, on="provider", how="left")
        .with_columns(pl.col("visits", "points", "outliers").fill_null(0))
        .with_columns(drg=pl.col("outliers") + nearest(pl.col("price") * production, 100_000))
        .with_columns(held=nearest(2 * (pl.col("visits") + pl.col("drg") + pl.col("block")), 100))
        .collect()
    )
    value, low = pl.col("value"), pl.col("min")
    gone = (
        pl.when(value.is_null())
        .then(0)
        .when(target.is_null())
        .then((value > low).cast(WHOLE))
        .when(target > low)
        .then((value - low).clip(0, target - low))
        .otherwise((low - value).clip(0, low - target))
    )
    way = pl.when(target.is_null()).then(1).otherwise((target - low).abs())
    results = pl.scan_parquet(data / "result.parquet").select("provider", "indicator", value=scaled("value", 1))
    earned = (
        listed(terms / "goals.csv", min=1, target=1)
        .join(results, on=["provider", "indicator"], how="left")
        .join(paid.lazy().select("provider", "held"), on="provider")
        .select(
            "provider",
            place=pl.col("indicator").cast(WHOLE),
            clause=pl.format('withheld["Kvalitet"]/p4p[{}]', "indicator"),
            ore=nearest(pl.col("held") * gone, 40 * way),
        )
        .collect()
    )
    clauses = [
        paid.select("provider", place=pl.lit(place, WHOLE), clause=pl.lit(clause), ore=ore)
        for place, clause, ore in (
            (1, 'price_list["Besök"]', pl.col("visits")),
            (2, 'drg["Sluten vård"]', pl.col("drg")),
            (3, 'block["Uppdrag"]', pl.col("block")),
            (4, 'withheld["Kvalitet"]', -pl.col("held")),
        )
    ]
    whole = pl.concat([*clauses, earned])
    total = whole.group_by("provider").agg(pl.col("ore").sum())
    total = total.select("provider", place=pl.lit(999, WHOLE), clause=pl.lit("total"), ore="ore")
    settled = pl.concat([whole, total]).sort("provider", "place").select("provider", "clause", "ore")
    settled.write_csv(out, separator=";")


if __name__ == "__main__":
    main()
