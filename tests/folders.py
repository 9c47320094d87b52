"""A small contract in a folder, with a form of its own, for the tests of the program."""

from __future__ import annotations

from pathlib import Path

CONTRACT = """\
avtal "Provavtal"
  beställare "Region Ett" kod "R1"
  vårdgivare "Kliniken A" kod "A"
  vårdgivare "Kliniken B" kod "B"
  period     2012-01-01 till 2013-12-31
  avräkning  årlig

använd former

tabell prislista : art (kind) kod -> pris kr
  fil "priser.csv"

besöksersättning "Besök" priser prislista

fast "Jour" 1 200 000,10 kr

delsumma vård = besöksersättning, fast

andel "Kvalitet" indikator 113 del 10%

alltid vård <= 3 mkr

räkneexempel "En tiondel"
  givet bas = 1 mkr, utfall[113] = 50%
  vänta andel["Kvalitet"] = 50 000 kr
"""

FORMS = """\
fact contact (kontakt)
  key      id
  dated    day
  provider provider
  counts   visit
  column id : code
  column provider (vårdgivare) : code
  column day (dag) : date
  column kind (art) : code

fact outcome (utfall)
  key      provider, indicator, day
  dated    day
  provider provider
  column provider (vårdgivare) : code
  column indicator (indikator) : code
  column day (dag) : date
  column value (värde) : % optional

form visits (besöksersättning)
  "Each visit at the price of its kind."
  source "made up"
  needs contact: kind
  param prices (priser) : table kind -> pris (pris) kr
  each contact
    pays prices[kind].pris

form fixed (fast)
  param amount (belopp) : kr first
  pays amount

form part (andel)
  outside base
  needs outcome: indicator, value
  param indicator (indikator) : code
  param share (del) : %
  let found = outcome[indicator].value
  unsettled when found is missing  "no result is reported"
  pays share * found * base
"""

PRICES = "art;pris\nny;1 000,50\nåter;333,33\n"

CONTACTS = """\
id;Vårdgivare;Dag;Art
K1;A;2012-01-01;ny
K2;A;2012-06-30;åter
K3;A;2012-12-31;åter
K4;B;2012-02-29;ny
K5;A;2013-01-01;ny
"""

OUTCOMES = """\
Vårdgivare;Indikator;Dag;Värde
A;113;2012-12-31;33,3
B;113;2012-12-31;100
A;113;2013-12-31;50
"""

EXPECTED = """\
period;buyer;provider;clause;amount
2012;R1;A;visits["Besök"];1667.16
2012;R1;A;fixed["Jour"];1200000.10
2012;R1;A;part["Kvalitet"];40015.52
2012;R1;A;total;1241682.78
2012;R1;B;visits["Besök"];1000.50
2012;R1;B;fixed["Jour"];1200000.10
2012;R1;B;part["Kvalitet"];120100.06
2012;R1;B;total;1321100.66
"""


def write(folder: Path, **changed: str) -> Path:
    """Write the contract's folder.

    Args:
        folder: where.
        changed: texts to replace: contract, forms, prices, contacts, outcomes, expected; an empty one leaves it out.
    """
    files = {
        "contract.avtal": changed.get("contract", CONTRACT),
        "former.avtal": changed.get("forms", FORMS),
        "priser.csv": changed.get("prices", PRICES),
        "data/kontakt.csv": changed.get("contacts", CONTACTS),
        "data/utfall.csv": changed.get("outcomes", OUTCOMES),
        "expected/settlement.csv": changed.get("expected", EXPECTED),
    }
    for name, text in files.items():
        path = folder / name
        if text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder
