"""What the portfolio's parties have agreed on: providers, price list, weight list, volumes and goals, all invented.

The same seed gives the same terms on every machine and in every version of Python (integers alone, no `random`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SEED = 2023
DRG_CODES = 800
INDICATORS = tuple(range(101, 141))
LOWER_IS_BETTER = frozenset(range(131, 136))
MINIMUM_ALONE = frozenset(range(136, 141))
ITEMS = (
    "BESÖK",
    "NYBESÖK",
    "ÅTERBESÖK",
    "TELEFON",
    "VIDEO",
    "HEMBESÖK",
    "GRUPP",
    "TEAM",
    "DAGVÅRD",
    "PROV",
    "BEHANDLING",
    "KONSULT",
)
STAFF = ("LÄKARE", "SJUKSKÖT", "FYSIO", "ARBTERAP", "PSYKOLOG", "KURATOR", "DIETIST", "LOGOPED")
BREAKS = (("2023-01-01", "2023-04-30"), ("2023-05-01", "2023-12-31"))
DRG_SHARE = (1, 5)
"""One contact in five is a hospital stay, the others are visits."""
POINT_PRICE = 61_250


@dataclass(frozen=True)
class Provider:
    """A provider's own terms.

    Args:
        code: as in the data.
        size: its part of all contacts, of the sum of all sizes.
        block: kr a year.
        target: DRG points a year.
        price: kr a point.
    """

    code: str
    size: int
    block: int
    target: int
    price: int


@dataclass(frozen=True)
class Goal:
    """What a provider is to reach on an indicator, in tenths of a per cent; `target` is `None` for a minimum alone."""

    provider: str
    indicator: int
    minimum: int
    target: int | None


def mix(*parts: int) -> int:
    """A number below 2**31 that depends on all of `parts` and looks like chance."""
    state = SEED
    for part in parts:
        state = (state ^ part) * 0x9E3779B97F4A7C15 % 2**64
        state ^= state >> 29
        state = state * 0xBF58476D1CE4E5B9 % 2**64
        state ^= state >> 32
    return state % 2**31


def code(at: int) -> str:
    """The code of the provider with that number, from 0."""
    return f"V{at + 1:04d}"


def weights() -> list[tuple[str, int, int]]:
    """The weight list: code, thousandths of a point, and the cost limit in kr."""
    found = []
    for at in range(DRG_CODES):
        name = f"{chr(ord('A') + at % 25)}{at // 25 + 10:02d}{'AECN'[at % 4]}"
        # Most groups are light and a few are heavy, as in the national lists.
        weight = 90 + mix(1, at) % 900 + (mix(2, at) % 100) ** 3 // 120
        limit = weight * (95 + mix(3, at) % 60) // 100 * 100
        found.append((name, weight, limit))
    return found


def prices() -> list[tuple[str, str, str, str, int]]:
    """The price list: item, staff category, first day, last day, price in öre; raised on the first of May."""
    found = []
    for i, item in enumerate(ITEMS):
        for s, staff in enumerate(STAFF):
            ore = (300 + mix(4, i, s) % 1700) * 100 + mix(5, i, s) % 4 * 25
            for (first, last), per_mille in zip(BREAKS, (1000, 1027), strict=True):
                found.append((item, staff, first, last, (ore * per_mille + 500) // 1000))
    return found


def mean_weight() -> int:
    """The mean weight of a stay in thousandths of a point, when codes are drawn as `data.sql` draws them."""
    # A code is drawn as 800 × u² for an even u, so a low number is common; the sum is over an even grid of u.
    listed, grid = weights(), 4096
    return sum(listed[DRG_CODES * u * u // grid**2][1] for u in range(grid)) // grid


def providers(count: int, contacts: int) -> list[Provider]:
    """The providers of a portfolio with that many contacts a year in all."""
    sizes = [20 + mix(6, at) % 180 for at in range(count)]
    stays = contacts * DRG_SHARE[0] // DRG_SHARE[1]
    points, whole = stays * mean_weight(), 1000 * sum(sizes)
    return [
        Provider(
            code=code(at),
            size=size,
            block=(2_000 + mix(7, at) % 90_000) * 1_000,
            # From 85 to 115 per cent of what is to be expected: some end above their target, some below.
            target=max(1, points * size * (85 + mix(8, at) % 31) // (whole * 100)),
            price=POINT_PRICE + (mix(9, at) % 41 - 20) * 125,
        )
        for at, size in enumerate(sizes)
    ]


def goals(of: Provider, at: int) -> Iterator[Goal]:
    """The goals of provider number `at`."""
    for indicator in INDICATORS:
        low, gap = 400 + mix(10, at, indicator) % 350, 50 + mix(11, at, indicator) % 200
        if indicator in LOWER_IS_BETTER:
            yield Goal(of.code, indicator, low + gap, low)
        elif indicator in MINIMUM_ALONE:
            yield Goal(of.code, indicator, low, None)
        else:
            yield Goal(of.code, indicator, low, low + gap)


def hundredths(number: int, digits: int) -> str:
    """A whole number of the last decimal as a decimal text: `hundredths(1234, 2)` is 12.34."""
    whole, rest = divmod(number, 10**digits)
    return f"{whole}.{rest:0{digits}d}"


def write_lists(folder: Path) -> None:
    """The lists that stand beside a contract: `prices.csv` and `drg.csv`."""
    rows = [(item, staff, first, last, hundredths(ore, 2)) for item, staff, first, last, ore in prices()]
    write(folder / "prices.csv", ("item", "profession", "from", "to", "price"), rows)
    listed = [(name, hundredths(weight, 3), limit) for name, weight, limit in weights()]
    write(folder / "drg.csv", ("drg", "weight", "limit"), listed)


def write_terms(folder: Path, parties: Sequence[Provider]) -> None:
    """What differs between providers: `terms.csv` and `goals.csv`."""
    rows = [(p.code, p.block, p.target, p.price) for p in parties]
    write(folder / "terms.csv", ("provider", "block", "target", "price"), rows)
    found = [
        (g.provider, g.indicator, hundredths(g.minimum, 1), "" if g.target is None else hundredths(g.target, 1))
        for at, p in enumerate(parties)
        for g in goals(p, at)
    ]
    write(folder / "goals.csv", ("provider", "indicator", "min", "target"), found)


def write(path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A CSV file with semicolons."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)
