"""The lists beside the library that reports compare with: families of forms, shares of 2021, weaknesses to talk over.

A form is told by the catalogue ids that its `source` names, never by what it is called.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from importlib import resources

from attrs import frozen

from avtal.reports.view import View
from interpreter.settlement import ClauseResult

FAMILIES: dict[str, tuple[str, str]] = {
    "SPV-1": ("Anslag, fast ersättning, abonnemang", "Block grant, fixed payment, subscription"),
    "SPV-2": ("Åtgärd och besök", "Activity and visits"),
    "SPV-3": ("DRG-poäng", "DRG points"),
    "SPV-4": ("Vårdepisod", "Care episode"),
    "SPV-5": ("Värdebaserad", "Value-based"),
    "SPV-6": ("Målrelaterad", "Goal-related"),
    "SPV-7": ("Annan", "Other"),
    "PV-6": ("Listning", "Listing"),
    "PV-7": ("Ålder", "Age"),
    "PV-8": ("Kön", "Sex"),
    "PV-9": ("Socioekonomi", "Socioeconomy"),
    "PV-10": ("Vårdtyngd", "Burden of care"),
    "PV-11": ("Besök", "Visits"),
    "PV-12": ("Geografi", "Geography"),
    "PV-13": ("Mål", "Goals"),
    "PV-14": ("Täckningsgrad", "Coverage"),
    "PV-15": ("Kostnadsansvar", "Cost responsibility"),
    "KOM-10": ("Socialt utfall", "Social outcomes"),
}
"""What each family of forms is called, by the catalogue id that describes it, in Swedish and English."""

_ID = re.compile(r"\b([A-Z]{1,4})-([0-9]+)(?:\s*(?:till|to|–|-)\s*(?:\1-)?([0-9]+))?")


def ids(source: str) -> tuple[str, ...]:
    """The catalogue ids that a source names, ranges (`SLL-12 till SLL-14`) spelled out."""
    found = []
    for series, first, last in _ID.findall(source):
        found += [f"{series}-{n}" for n in range(int(first), int(last or first) + 1)]
    return tuple(dict.fromkeys(found))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("stdlib_rules").joinpath(name).read_text("utf-8")
    yield from csv.DictReader(text.splitlines(), delimiter=";")


@cache
def _families() -> dict[str, tuple[str, str]]:
    return {row["id"]: (row["shares"], row["review"]) for row in _rows("form_families.csv")}


@frozen
class Weakness:
    """A known weakness of a family of forms, as a heading to talk over.

    Args:
        id: the family's id and a number, `SPV-1:3`.
        sv, en: the heading.
    """

    id: str
    sv: str
    en: str


@cache
def weaknesses() -> dict[str, tuple[Weakness, ...]]:
    """The known weaknesses by family."""
    found: dict[str, list[Weakness]] = defaultdict(list)
    for row in _rows("form_weaknesses.csv"):
        found[row["family"]].append(Weakness(f"{row['family']}:{row['no']}", row["sv"], row["en"]))
    return {family: tuple(own) for family, own in found.items()}


@frozen
class Share2021:
    """What a family of forms was of one region's specialised care of one kind in 2021 (SPV-8).

    Args:
        operation: `egenregi`, `LOV` or `LOU`.
        area, region: the kind of care (*verksamhetsområde*) and the region.
        family: the family's id.
        share: of 1.
    """

    operation: str
    area: str
    region: str
    family: str
    share: Fraction


@cache
def shares_2021() -> tuple[Share2021, ...]:
    """The shares of 2021, a row a form, region, kind of care and operation."""
    return tuple(
        Share2021(row["operation"], row["area"], row["region"], row["family"], Fraction(row["share"]) / 100)
        for row in _rows("shares_2021.csv")
    )


def sources(view: View, clause: ClauseResult) -> Iterator[tuple[str, ...]]:
    """The ids that a clause stands on, source by source: those of its form first, then what the contract says.

    A text names several sources with `;` between; the first is the one that the form is made after.
    """
    instance = view.instance(clause)
    for text in (instance.form.source, instance.provenance.source):
        yield from (ids(part) for part in text.split(";"))


def family(view: View, clause: ClauseResult) -> str:
    """The family of 2021 that a clause belongs to; empty when its sources name none."""
    found = (_families()[i][0] for part in sources(view, clause) for i in part if i in _families())
    return next((f for f in found if f), "")


def reviewed_as(view: View, clause: ClauseResult) -> tuple[str, ...]:
    """The families whose weaknesses concern a clause: those of the first of its sources that names any."""
    for part in sources(view, clause):
        found = dict.fromkeys(_families()[i][1] for i in part if i in _families() and _families()[i][1])
        if found:
            return tuple(found)
    return ()
