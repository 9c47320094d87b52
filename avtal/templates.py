"""The contracts that `avtal new` starts from: every file of a folder that checks, tests and settles as it is made.

Texts hold `@NAME@` and `@YEAR@`. All data are made up. The expected settlements are worked out by hand in the README.
"""

from __future__ import annotations

from collections.abc import Mapping

_HEAD = """\
# Ett avtal att börja från. Alla namn och tal är påhittade: byt dem mot era egna.

avtal "@NAME@"
  beställare "Region Exempel" kod "REG"
  vårdgivare "Vårdgivare Exempel AB" kod "VG"
  period     @YEAR@-01-01 till @YEAR@-12-31
  avräkning  årlig
  avrundning öre halva_från_noll

använd sll
"""

_RESULT_MAPPING = """\
[[file]]
name = "resultat.csv"
fact = "resultat"

[file.columns]
"Vårdgivarkod" = "vårdgivare"
"Indikator" = "indikator"
"Datum" = "mätdatum"
"Resultat" = "värde"
"""

_MAPPING_HEAD = (
    "# Rubrik i filen = kolumn i underlaget. Rubriker som redan heter som kolumnen behöver inte stå här.\n\n"
)

_README = """\
# @NAME@

Ett avtal som räknar. Texten i `contract.avtal` läses som en avtalsbilaga; samma text ger beloppet att betala.

    avtal check .                      visar allt som är fel i avtalet
    avtal test .                       räknar räkneexemplen och kontrollräkningen
    avtal settle . --period @YEAR@        räknar ut vad som ska betalas
    avtal explain . @CLAUSE@ --period @YEAR@   visar hur ett belopp har uppstått
    avtal format .                     skriver avtalet i sin givna form

## Filerna

| fil | innehåll |
|---|---|
| `contract.avtal` | avtalet |
| `data/` | underlaget (påhittat) |
| `data/mapping.toml` | vilken rubrik som är vilken kolumn |
| `expected/settlement.csv` | kontrollräkningen, gjord för hand |

## Kontrollräkningen

@BY_HAND@

Byt ut avtalets parter, tal och underlag mot era egna. Räkna sedan om `expected/settlement.csv` utan Avtal, eller ta
bort den tills ni har en egen kontrollräkning.
"""

_TARGETS: Mapping[str, str] = {
    "contract.avtal": _HEAD
    + """
# Ett fast belopp, lika stort vad som än produceras.
anslag "Basuppdrag" 12 mkr/år

# En andel av det fasta beloppet, efter hur långt resultatet har kommit från golvet mot målet.
målersättning indikator 113 golv 80% mål 95% vikt 2%
målersättning indikator 201 golv 6% mål 3% vikt 1% bättre lägre

räkneexempel "Halvvägs från golv till mål"
  givet resultat[113] = 87,5%, bas = 12 mkr
  vänta målersättning[113] = 120 000 kr

räkneexempel "På golvet betalas inget"
  givet resultat[113] = 80%, bas = 12 mkr
  vänta målersättning[113] = 0 kr
""",
    "data/resultat.csv": """\
Vårdgivarkod;Indikator;Datum;Resultat
VG;113;@YEAR@-12-31;87,5 %
VG;201;@YEAR@-12-31;4 %
""",
    "data/mapping.toml": _MAPPING_HEAD + _RESULT_MAPPING,
    "expected/settlement.csv": """\
period;buyer;provider;clause;amount
@YEAR@;REG;VG;block["Basuppdrag"];12000000.00
@YEAR@;REG;VG;p4p[113];120000.00
@YEAR@;REG;VG;p4p[201];80000.00
@YEAR@;REG;VG;total;12200000.00
""",
    "README.md": _README.replace("@CLAUSE@", "113").replace(
        "@BY_HAND@",
        """\
| post | uträkning | kr |
|---|---|---:|
| Basuppdrag | 12 mkr per år, ett år | 12 000 000,00 |
| Indikator 113 | 2 % × (87,5 − 80) / (95 − 80) × 12 mkr | 120 000,00 |
| Indikator 201 | 1 % × (4 − 6) / (3 − 6) × 12 mkr | 80 000,00 |
| **Att betala** | | **12 200 000,00** |""",
    ),
}

_DRG: Mapping[str, str] = {
    "contract.avtal": _HEAD
    + """
# Vikt och kostnadsgräns för varje DRG.
tabell vikter : drg kod -> weight drg_poäng, limit kr
  | drg  | weight |      limit |
  | E47E |    0,8 |  90 000 kr |
  | F40N |    1,5 | 150 000 kr |

# Ett pris per poäng upp till målvolymen, och 30 procent av priset för det som ligger över eller fattas.
# Ett vårdtillfälle vars kostnad överstiger gränsen ersätts med hela sin kostnad och ger inga poäng.
drg "Slutenvård"
  pris      60 000 kr/drg_poäng
  målvolym  5 drg_poäng/år
  över_mål  30%
  under_mål 30%
  ytterfall hel
  viktlista vikter

# Ett fast belopp, lika stort vad som än produceras.
anslag "Jourberedskap" 2,4 mkr/år

tak "Tak" 2 900 000 kr/år på bas

räkneexempel "Hundra tusen över taket"
  givet bas = 3 mkr
  vänta tak["Tak"] = -100 000 kr
""",
    "data/vardtillfallen.csv": """\
Vårdkontakt-id;Vårdgivare;Utskriven;DRG;Kostnad
K1;VG;@YEAR@-01-14;E47E;41 200,50
K2;VG;@YEAR@-02-02;F40N;88 000,00
K3;VG;@YEAR@-03-21;F40N;97 310,00
K4;VG;@YEAR@-06-30;E47E;52 000,00
K5;VG;@YEAR@-09-09;F40N;161 500,00
K6;VG;@YEAR@-12-31;F40N;79 990,00
""",
    "data/mapping.toml": _MAPPING_HEAD
    + """\
[[file]]
name = "vardtillfallen.csv"
fact = "vårdtillfälle"

[file.columns]
"Vårdkontakt-id" = "vårdkontakt_id"
""",
    "expected/settlement.csv": """\
period;buyer;provider;clause;amount
@YEAR@;REG;VG;drg["Slutenvård"];481300.00
@YEAR@;REG;VG;block["Jourberedskap"];2400000.00
@YEAR@;REG;VG;cap["Tak"];0.00
@YEAR@;REG;VG;total;2881300.00
""",
    "README.md": _README.replace("@CLAUSE@", "Slutenvård").replace(
        "@BY_HAND@",
        """\
| post | uträkning | kr |
|---|---|---:|
| Slutenvård, ytterfall | K5 kostar mer än gränsen 150 000 kr: hela kostnaden | 161 500,00 |
| Slutenvård, produktion | 2 × 0,8 + 3 × 1,5 = 6,1 poäng; (5 + 0,3 × 1,1) × 60 000 kr | 319 800,00 |
| Jourberedskap | 2,4 mkr per år, ett år | 2 400 000,00 |
| Tak | under 2,9 mkr | 0,00 |
| **Att betala** | | **2 881 300,00** |""",
    ),
}

TEMPLATES: Mapping[str, Mapping[str, str]] = {"targets": _TARGETS, "drg": _DRG}
"""File names and texts by the template's name; the first is the usual one."""

CLAUSES = {"targets": "113", "drg": "drg"}
"""A clause of each template, to explain."""
