"""The portfolio's contracts, in its two shapes: one text with every provider, or a folder with a contract for each.

    python -m bench.portfolio.contracts FOLDER --contacts N --providers 60

writes `FOLDER/book/` (one text; what differs between providers stands in tables keyed by provider), `FOLDER/one/CODE/`
for each provider (every value in the text itself), and in `FOLDER/` the lists that the sums written by hand read.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.portfolio.terms import (
    INDICATORS,
    LOWER_IS_BETTER,
    MINIMUM_ALONE,
    Provider,
    goals,
    hundredths,
    providers,
    write_lists,
    write_terms,
)

LISTS = """\
tabell besökspriser : item kod, profession kod -> price kr
  fil "prices.csv"

tabell viktlista : drg kod -> weight drg_poäng, limit kr
  fil "drg.csv"
"""
BOOK_TABLES = """\
# Det som skiljer vårdgivarna åt.
tabell villkor : provider kod -> block kr/år, target drg_poäng/år, price kr/drg_poäng
  fil "terms.csv"

tabell kvalitetsmål : provider kod, indicator kod -> min %, target % valfri
  fil "goals.csv"
"""
CARE = """\
# Besök efter yrkesgrupp, till priset den dag de gjordes.
prislista "Besök" priser besökspriser

# Sluten vård: poäng kring en målvolym, och det som överstiger gruppens kostnadsgräns.
drg "Sluten vård"
  pris      {price}
  målvolym  {target}
  över_mål  30%
  under_mål 25%
  ytterfall överskjutande
  viktlista viktlista

anslag "Uppdrag" {block}

# Två procent hålls inne och betalas ut efter fyrtio mål som väger lika.
innehållet "Kvalitet" 2% av bas
"""


def head(name: str, parties: Sequence[Provider]) -> str:
    """The head of a contract between the region and `parties`."""
    lines = [f'avtal "{name}"', '  beställare "Region Mitt" kod "RM"']
    lines += [f'  vårdgivare "Vårdgivare {p.code}" kod "{p.code}"' for p in parties]
    return "\n".join([*lines, "  period     2023-01-01 till 2023-12-31", "", "använd common, sll", ""])


def goal_lines(minimum: dict[int, str], target: dict[int, str]) -> Iterator[str]:
    """The clauses of the forty indicators."""
    for indicator in INDICATORS:
        yield "  målersättning"
        yield f"    indikator    {indicator}"
        yield f"    golv         {minimum[indicator]}"
        if indicator not in MINIMUM_ALONE:
            yield f"    mål          {target[indicator]}"
        yield "    vikt         2,5%"
        if indicator in LOWER_IS_BETTER:
            yield "    bättre       lägre"
        yield "    ej_redovisad inget"


def book(parties: Sequence[Provider]) -> str:
    """One text for all providers."""
    own = "villkor[contract.provider]"
    care = CARE.format(price=f"{own}.price", target=f"{own}.target", block=f"{own}.block")
    key = {i: f'kvalitetsmål[contract.provider, "{i}"]' for i in INDICATORS}
    lines = goal_lines({i: f"{k}.min" for i, k in key.items()}, {i: f"{k}.target" for i, k in key.items()})
    whole = head(f"Portfölj 2023, {len(parties)} vårdgivare", parties)
    return "\n".join([whole, LISTS, BOOK_TABLES, care + "\n".join(lines), ""])


def single(party: Provider, at: int) -> str:
    """The contract of provider number `at`."""
    care = CARE.format(
        price=f"{grouped(party.price)} kr/drg_poäng",
        target=f"{grouped(party.target)} drg_poäng/år",
        block=f"{grouped(party.block)} kr/år",
    )
    own = list(goals(party, at))
    minimum = {g.indicator: hundredths(g.minimum, 1).replace(".", ",") + "%" for g in own}
    target = {g.indicator: hundredths(g.target, 1).replace(".", ",") + "%" for g in own if g.target is not None}
    lines = goal_lines(minimum, target)
    return "\n".join([head(f"Avtal 2023, {party.code}", [party]), LISTS, care + "\n".join(lines), ""])


def grouped(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", " ")


def write_all(folder: Path, contacts: int, count: int) -> None:
    """Write both shapes and the lists; what stood there before is replaced."""
    parties = providers(count, contacts)
    for name in ("book", "one"):
        shutil.rmtree(folder / name, ignore_errors=True)
    together = folder / "book"
    together.mkdir(parents=True)
    for place in (folder, together):
        write_lists(place)
        write_terms(place, parties)
    (together / "contract.avtal").write_text(book(parties), encoding="utf-8")
    for at, party in enumerate(parties):
        own = folder / "one" / party.code
        own.mkdir(parents=True)
        write_lists(own)
        (own / "contract.avtal").write_text(single(party, at), encoding="utf-8")


def main() -> None:
    """Write the contracts."""
    parser = argparse.ArgumentParser(description="Write the contracts of the portfolio.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--providers", type=int, default=60)
    asked = parser.parse_args()
    write_all(asked.folder, asked.contacts, asked.providers)


if __name__ == "__main__":
    main()
