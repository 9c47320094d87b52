"""A small contract with data, and views of it, for the tests of reports."""

from __future__ import annotations

from pathlib import Path

from avtal import api
from avtal.record import provenance
from avtal.rendering.report import Report
from avtal.reports.view import View

FORMS = """\
unit thing, things (sak)

fact deed (dåd)
  key      id
  dated    on
  provider provider
  counts   thing
  column id : code
  column provider (utförare) : code
  column on (den) : date
  column kind (slag) : code
  column care (vård) : choice open (öppen), closed (sluten) optional
  column size (storlek) : thing from 0 things to 1 000 things

fact score (mått)
  key      provider, name, on
  dated    on
  provider provider
  column provider (utförare) : code
  column name (namn) : code
  column on (den) : date
  column value (värde) : % optional from 0% to 100%

form bulk (mängd)
  "A price up to a ceiling, and what the large ones cost beside it."
  source "SLL-2 till SLL-4: made up; SPV-1"
  component process
  needs deed: id, size
  param price (pris) : kr/thing
  param limit (tak)  : thing
  each deed
    when size > 5 things  pays "large" 100 kr/thing * size
  let made (gjort) = sum of size over deed where size <= 5 things
  pays "bulk" price * lesser(made, limit)

form mean_pay (snittlön)
  "A krona for the mean."
  source "made up"
  needs deed: size
  let middle = (sum of size over deed) / (count of deed)
  pays 1 kr * middle

form year_before (fjolår)
  "What was done the year before."
  source "PV-6, PV-8: made up"
  component structure
  needs deed: size
  let earlier = sum of size over deed in 12 months before period.start
  pays 1 kr/thing * earlier

form goal (mål)
  "A sum by a result."
  source "SLL-13: made up"
  component outcome
  needs score: name, value
  param name (namn) : code key
  param low (låg)   : %
  param high (hög)  : %
  param amount (belopp) : kr
  let found (funnet) = score[name].value
  unsettled when found is missing  "not reported" "inte redovisat"
  pays amount * clamp((found - low) / (high - low), 0%, 100%)

form reported (redovisat)
  "A sum for a report."
  source "SLL-12: made up"
  component outcome
  needs score: name, value
  param name (namn) : code key
  let found = score[name].value
  when found is missing  pays 0 kr
  otherwise              pays 7 kr

form lamp (lampa)
  "A light, and no money."
  source "REG-13: made up"
  needs score: name, value
  param name (namn) : code key
  gives shine (sken) = score[name].value
  gives bright (ljust) = (score[name].value else 0%) > 50%
"""

CONTRACT = """\
avtal "Rapporterat"
  beställare "Region Ett" kod "R1"
  vårdgivare "Kliniken A" kod "A"
  vårdgivare "Kliniken B" kod "B"
  period     2012-01-01 till 2013-12-31
  avräkning  årlig
  avrundning öre halva_från_noll

använd former

mängd "Vård" pris 10,05 kr/sak tak 12 sak/år

snittlön

fjolår

mål namn m låg 50% hög 80% belopp 100 kr

redovisat namn ny

lampa namn m
lampa namn borta
"""

DEEDS = """\
id;utförare;den;slag;vård;storlek
1;A;2011-05-05;x;öppen;3
2;A;2012-01-05;x;öppen;4
3;A;2012-02-05;x;öppen;4
4;A;2012-03-05;y;sluten;6
5;A;2012-04-05;y;;8
6;A;2013-01-05;x;öppen;5
7;A;2013-02-05;y;sluten;5
8;A;2013-03-05;y;sluten;8
9;B;2012-01-05;y;sluten;8
10;B;2013-01-05;y;sluten;1
"""
SCORES = """\
utförare;namn;den;värde
A;m;2012-06-01;65%
A;m;2013-06-01;90%
B;m;2012-06-01;50%
A;ny;2012-06-01;1%
"""


def write(made: Path) -> Path:
    """Write the contract's folder."""
    for name, text in {
        "former.avtal": FORMS,
        "contract.avtal": CONTRACT,
        "data/deed.csv": DEEDS,
        "data/score.csv": SCORES,
    }.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return made


def view(folder: Path, period: str = "", providers: tuple[str, ...] = (), language: str = "sv") -> View:
    """The settlements of a contract as a report sees them."""
    contract = api.load(folder)
    assert [d.message("en") for d in contract.diagnostics if d.is_error] == []
    reading = api.read(contract)
    made = provenance(contract, reading)
    found = api.settle(contract, reading, period=period, providers=providers)
    units = contract.analysed.world.unit_names
    return View(contract, reading, [Report(s, contract.program, made, language, units) for s in found], language)
