"""Scale: a portfolio settled by `avtal settle`, beside hand-written DuckDB SQL, the same tuned, and Polars.

    python -m bench.scale --contacts 1000000
    python -m bench.scale --contacts 1000000 --with-lines
    python -m bench.scale --growth
    python -m bench.scale --contracts
    python -m bench.scale --start-up

Sixty providers with a dated price list, DRG with outliers and a target volume, a block, and forty indicators each that
share what is held back of the rest (`bench/portfolio/`). Each is a process of its own, from start to a file of amounts,
on the same Parquet files and lists; all must agree to the öre before a figure is printed. The data are made once and
kept in `--folder`. `ratio` is the wall of `avtal settle` to that of the hand-written SQL.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.processes import Measured, measure, once

HERE = Path(__file__).parent / "portfolio"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
COUNTS = (1, 10, 100, 1_000)
AVTAL = (sys.executable, "-m", "avtal.cli", "settle")
Amounts = dict[tuple[str, str], int]
"""(provider, clause) → öre."""


def main() -> None:
    """Measure what is asked for, and print."""
    parser = argparse.ArgumentParser(description="A portfolio of 60 providers beside hand-written SQL and Polars.")
    parser.add_argument("--contacts", type=int, default=1_000_000, help="how many contacts (a year, all providers)")
    parser.add_argument("--providers", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5, help="timed turns; the median counts")
    parser.add_argument("--ids", choices=("number", "text"), default="number", help="how contacts are keyed")
    parser.add_argument("--shape", choices=("book", "one"), default="book", help="one text, or a contract a provider")
    parser.add_argument("--with-lines", action="store_true", help="write a payment line per contact and clause too")
    parser.add_argument("--growth", action="store_true", help="10 thousand contacts to 10 million, or to --contacts")
    parser.add_argument("--contracts", action="store_true", help="1, 10, 100 and 1 000 contracts on the same rows")
    parser.add_argument("--start-up", action="store_true", help="an unchanged small contract beside `python -c pass`")
    kept = Path(tempfile.gettempdir(), "avtal-bench")
    parser.add_argument("--folder", type=Path, default=kept, help=f"where data are kept between runs ({kept})")
    asked = parser.parse_args()
    if asked.start_up:
        start_up(asked.folder, asked.runs)
    elif asked.contracts:
        many(asked.folder, asked.contacts, asked.runs)
    elif asked.growth:
        growth(asked)
    else:
        settled = Portfolio(asked.folder, asked.contacts, asked.providers, asked.ids)
        show(settled, settled.measured(asked.shape, asked.runs, lines=asked.with_lines))


class Portfolio:
    """The contracts and data of one size, made when they aren't there, or were made by other code.

    Args:
        folder: where all sizes are kept.
        contacts, providers, ids: what it holds.
    """

    def __init__(self, folder: Path, contacts: int, providers: int, ids: str) -> None:
        self.contacts = contacts
        self.folder = folder / f"{contacts}-{providers}-{ids}"
        self.data = self.folder / "data"
        made = self.folder / "made"
        code = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(HERE.glob("*")) if p.is_file())).hexdigest()
        if made.is_file() and made.read_text() == code:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        sizes = ["--contacts", str(contacts), "--providers", str(providers)]
        python = [sys.executable, "-m"]
        once("contracts", [*python, "bench.portfolio.contracts", str(self.folder), *sizes])
        data = [str(self.data), "--terms", str(self.folder), "--ids", ids]
        once("data", [*python, "bench.portfolio.data", *data, *sizes])
        made.write_text(code)

    def measured(self, shape: str, runs: int, *, lines: bool) -> dict[str, Measured]:
        """All ways in turns, agreed upon to the öre.

        Raises:
            SystemExit: one fails, or two disagree.
        """
        data, terms = str(self.data), str(self.folder)
        out = {name: self.folder / f"{name}.csv" for name in ("by_hand", "tuned", "polars", "avtal")}
        written = {name: self.folder / f"{name}.parquet" for name in ("by_hand", "avtal")} if lines else {}
        by_hand = [sys.executable, str(HERE / "by_hand.py")]
        commands = {
            "by_hand": [*by_hand, "by_hand.sql", data, terms, str(out["by_hand"])],
            "tuned": [*by_hand, "tuned.sql", data, terms, str(out["tuned"])],
            "polars": [sys.executable, str(HERE / "polars_sums.py"), data, terms, str(out["polars"])],
            "avtal": [*AVTAL, str(self.folder / shape), "--data", data, "-O", "csv", "-o", str(out["avtal"])],
        }
        if written:
            # The others have no lines to write: they would be measured at something else.
            commands = {name: commands[name] for name in written}
            commands["by_hand"].append(str(written["by_hand"]))
            commands["avtal"] += ["--lines", str(written["avtal"])]
        found = measure(commands, runs)
        amounts = {name: read(out[name]) for name in commands}
        agree(amounts)
        if written:
            compared = [str(path) for path in written.values()]
            once("comparison of lines", [sys.executable, "-m", "bench.portfolio.same_lines", *compared])
        return found

    def lines(self) -> int:
        """How many payment lines the settlement is made of, by the hand-written SQL; written when they aren't there."""
        kept = self.folder / "lines"
        if not kept.is_file():
            places = [str(self.data), str(self.folder), str(self.folder / "by_hand.csv")]
            file = str(self.folder / "by_hand.parquet")
            once("lines", [sys.executable, str(HERE / "by_hand.py"), "by_hand.sql", *places, file])
            once("count", [sys.executable, "-m", "bench.portfolio.same_lines", file, "--count", str(kept)])
        return int(kept.read_text())


def read(path: Path) -> Amounts:
    """The amounts in a file, as `avtal settle` writes them or as the others do."""
    found: Amounts = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row.get("status", "settled") != "settled":
                raise SystemExit(f"{path}: {row['provider']} {row['clause']} is {row['status']}")
            ore = row["ore"] if "ore" in row else row["amount"].replace(".", "")
            found[row["provider"], row["clause"]] = int(ore)
    return found


def agree(amounts: dict[str, Amounts]) -> None:
    """See to it that every amount is the same everywhere.

    Raises:
        SystemExit: with the first that differ.
    """
    (first, expected), *others = amounts.items()
    for name, found in others:
        differ = [key for key in sorted(expected.keys() | found.keys()) if expected.get(key) != found.get(key)]
        if differ:
            shown = [f"{' '.join(key)}: {expected.get(key)} öre and {found.get(key)} öre" for key in differ[:10]]
            raise SystemExit(f"{first} and {name} differ in {len(differ)} amounts:\n" + "\n".join(shown))


def show(portfolio: Portfolio, found: dict[str, Measured]) -> None:
    """Print what was measured; the last lines are those that a target is set for."""
    print(f"contacts: {portfolio.contacts}")
    hand, own = found["by_hand"], found["avtal"]
    for name, one in found.items():
        print(f"{name}_s: {one.wall:.3f}")
        print(f"{name}_cpu_s: {one.cpu:.3f}")
        print(f"{name}_peak_mb: {one.peak_mb:.0f}")
        if one not in (hand, own):
            print(f"{name}_ratio: {one.wall / hand.wall:.2f}")
    print(f"cpu_ratio: {own.cpu / hand.cpu:.2f}")
    print(f"ratio: {own.wall / hand.wall:.2f}")
    print(f"peak_mb: {own.peak_mb:.0f}")
    print(f"lines_per_s: {portfolio.lines() / own.wall:.0f}")


def growth(asked: argparse.Namespace) -> None:
    """From 10 thousand contacts to 10 million: what a further million costs at each step."""
    most = asked.contacts if asked.contacts != SIZES[-2] else SIZES[-1]
    before: tuple[int, float, float] | None = None
    print("contacts;avtal_s;by_hand_s;ratio;peak_mb;avtal_s_per_further_million;by_hand_s_per_further_million")
    for contacts in [size for size in SIZES if size <= most]:
        found = Portfolio(asked.folder, contacts, asked.providers, asked.ids).measured(
            asked.shape, asked.runs, lines=asked.with_lines
        )
        own, hand = found["avtal"], found["by_hand"]
        further = ["", ""]
        if before is not None:
            millions = (contacts - before[0]) / 1_000_000
            further = [f"{(own.wall - before[1]) / millions:.3f}", f"{(hand.wall - before[2]) / millions:.3f}"]
        shown = [f"{own.wall:.3f}", f"{hand.wall:.3f}", f"{own.wall / hand.wall:.2f}", f"{own.peak_mb:.0f}"]
        print(";".join([str(contacts), *shown, *further]), flush=True)
        before = (contacts, own.wall, hand.wall)


def many(folder: Path, contacts: int, runs: int) -> None:
    """1 to 1 000 contracts, one provider each, on the same rows; all of them beside one text for the same providers."""
    portfolio = Portfolio(folder, contacts, COUNTS[-1], "number")
    named = [*map(str, COUNTS), "one text"]
    out = {name: portfolio.folder / f"contracts-{name.replace(' ', '-')}.csv" for name in named}
    places = {str(count): first(portfolio.folder, count) for count in COUNTS} | {"one text": portfolio.folder / "book"}
    data = ["--data", str(portfolio.data), "-O", "csv", "-o"]
    commands = {name: [*AVTAL, str(place), *data, str(out[name])] for name, place in places.items()}
    found = measure(commands, runs)
    sums = portfolio.folder / "by_hand.csv"
    sql = [sys.executable, str(HERE / "by_hand.py"), "by_hand.sql"]
    once("by_hand", [*sql, str(portfolio.data), str(portfolio.folder), str(sums)])
    expected = read(sums)
    print("contracts;avtal_s;peak_mb;to_one_contract")
    one, many_ = found[named[0]], found[str(COUNTS[-1])]
    for name, this in found.items():
        amounts = read(out[name])
        own = {provider for provider, _ in amounts}
        agree({"by_hand": {key: ore for key, ore in expected.items() if key[0] in own}, f"{name} contracts": amounts})
        print(f"{name};{this.wall:.3f};{this.peak_mb:.0f};{this.wall / one.wall:.2f}")
    print(f"to_one_text: {many_.wall / found['one text'].wall:.2f}")
    print(f"contracts_ratio: {many_.wall / one.wall:.2f}")


def first(folder: Path, count: int) -> Path:
    """A folder with the first `count` of the contracts that have one provider each."""
    chosen = folder / f"first-{count}"
    if not chosen.is_dir():
        for contract in sorted((folder / "one").iterdir())[:count]:
            (chosen / contract.name).mkdir(parents=True)
            for file in contract.iterdir():
                os.link(file, chosen / contract.name / file.name)
    return chosen


def start_up(folder: Path, runs: int) -> None:
    """An unchanged contract on a small file, beside a Python that does nothing."""
    small = Portfolio(folder, 100, 1, "number").folder
    place = folder / "start-up"
    place.mkdir(exist_ok=True)
    for file in (small / "one" / "V0001").iterdir():
        shutil.copyfile(file, place / file.name)
    once("tables as CSV", [sys.executable, "-m", "bench.portfolio.as_csv", str(small / "data"), str(place / "data")])
    commands = {
        "pass": [sys.executable, "-c", "pass"],
        "avtal": [*AVTAL, str(place), "-O", "csv", "-o", str(place / "settlement.csv")],
    }
    found = measure(commands, runs)
    print(f"pass_ms: {found['pass'].wall * 1000:.0f}")
    print(f"avtal_ms: {found['avtal'].wall * 1000:.0f}")
    print(f"cpu_ratio: {found['avtal'].cpu / found['pass'].cpu:.1f}")
    print(f"start_ratio: {found['avtal'].wall / found['pass'].wall:.1f}")


if __name__ == "__main__":
    main()
