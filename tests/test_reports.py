"""Reports for follow-up meetings: a small contract by figures worked out by hand, the tree's contracts by sums."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import report_folder
from report_folder import view
from running import run

from avtal import api
from avtal.rendering.tables import text
from avtal.reports.billing import billing
from avtal.reports.dearest import dearest
from avtal.reports.fulfilment import fulfilment
from avtal.reports.lists import FAMILIES, ids, shares_2021, weaknesses
from avtal.reports.mix import mix
from avtal.reports.pieces import pieces
from avtal.reports.production import production
from avtal.reports.review import review
from avtal.reports.status import status
from avtal.reports.view import CHANGE, Column, Table

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"
HALF = Fraction(1, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return report_folder.write(tmp_path / "rapport")


def by_title(tables: tuple[Table, ...]) -> dict[str, dict[object, tuple[object, ...]]]:
    return {t.title: {row[0]: row[1:] for row in (*t.rows, *([t.total] if t.total else []))} for t in tables}


# --- production


def test_rows_volumes_and_amounts_by_a_column(folder: Path) -> None:
    found = by_title(production(view(folder, providers=("A",)), by=("slag",)))
    assert found["Antal dåd per slag"] == {
        "x": (2, 1, -HALF),
        "y": (2, 2, 0),
        "Summa": (4, 3, Fraction(-1, 4)),
    }
    # 2012: x 4 + 4 of the capped volume, y 6 + 8 with lines of their own; 2013: 10 of the capped volume.
    assert found["sak per slag"] == {
        "y": (14, 13, Fraction(-1, 14)),
        "x": (8, 5, Fraction(-3, 8)),
        "Summa": (22, 18, Fraction(-2, 11)),
    }
    price = Fraction("10.05")
    assert found["Fakturerat per slag, kr"] == {
        "y": (1400, 800 + 5 * price, (5 * price - 600) / 1400),
        "x": (8 * price, 5 * price, Fraction(-3, 8)),
        "Summa": (1400 + 8 * price, 800 + 10 * price, (2 * price - 600) / (1400 + 8 * price)),
    }


def test_both_names_of_a_column_and_its_words_in_the_readers_language(folder: Path) -> None:
    swedish = by_title(production(view(folder, "2012", ("A",)), by=("care",)))
    assert set(swedish["Antal dåd per vård"]) == {"öppen", "sluten", "(ej angivet)", "Summa"}
    english = by_title(production(view(folder, "2012", ("A",), "en"), by=("vård",)))
    assert set(english["Number of deed by care"]) == {"open", "closed", "(not given)", "Total"}
    assert set(english) == {"Number of deed by care", "thing by care", "Invoiced by care, kr"}


def test_a_column_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    with pytest.raises(api.UnreadableError, match="slag") as error:
        production(view(folder), by=("klinik",))
    assert "'klinik'" in error.value.text("sv")
    assert "care" not in error.value.text("sv")


def test_without_a_column_those_with_few_groups_are_taken(folder: Path) -> None:
    assert production(view(folder)) == (), "ten rows are too few to be divided without being asked"
    titles = [t.title for t in production(view(CONTRACTS / "mellansverige", "2022"))]
    assert "Antal vårdtillfälle per verksamhetsområde" in titles
    assert not any("vårdkontakt_id" in title for title in titles)


def test_the_largest_are_shown_and_the_rest_together() -> None:
    own = view(CONTRACTS / "mellansverige", "2022-01-01..2023-12-31", language="en")
    table = next(t for t in production(own, by=("drg",), top=3) if "drg_point" in t.title)
    assert len(table.rows) == 4
    assert str(table.rows[3][0]).startswith("Others (")
    assert table.total is not None
    for at in (1, 2):
        assert sum(row[at] for row in table.rows if isinstance(row[at], Fraction)) == table.total[at]
    assert table.columns[3] == Column("Change 2022–2023", CHANGE)
    whole = next(t for t in production(own, by=("drg",), top=10_000) if "drg_point" in t.title)
    assert whole.total == table.total


@pytest.mark.parametrize("name", ["akutsjukhus", "hoft_kna", "mellansverige"])
def test_pieces_add_up_to_what_was_paid(name: str) -> None:
    period = "2022" if name == "mellansverige" else "2012"
    own = view(CONTRACTS / name, period)
    for report in own.reports[:2]:
        found = pieces(own, report)
        for clause in report.settlement.clauses:
            if clause.pays:
                assert sum((p.amount for p in found if p.clause is clause), Fraction(0)) == clause.amount
        rows = [piece for piece in found if piece.row is not None and not piece.own]
        assert all(piece.row is not None and piece.row.file for piece in rows)


def test_several_sums_and_other_years_rest_on_no_row(folder: Path) -> None:
    own = view(folder, "2012", ("A",))
    found = pieces(own, own.reports[0])
    assert [(p.clause.key, p.row) for p in found if p.clause.key in ("mean_pay", "year_before")] == [
        ("mean_pay", None),
        ("year_before", None),
    ]
    assert [(p.row.cells["id"], p.own) for p in found if p.row is not None] == [
        ("4", True),
        ("5", True),
        ("2", False),
        ("3", False),
    ]


# --- the other tables


def test_the_dearest_lines_with_ties(folder: Path) -> None:
    (table,) = dearest(view(folder), top=2)
    assert table.title == "Dyraste raderna: mängd Vård – large"
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in table.rows] == [
        ("1", 800, "2012", "R1 / A", "5"),
        ("1", 800, "2012", "R1 / B", "9"),
        ("1", 800, "2013", "R1 / A", "8"),
    ]
    heads = [column.heading for column in table.columns]
    shown = dict(zip(heads, table.rows[1], strict=True))
    assert [shown[name] for name in ("den", "slag", "vård", "storlek")] == ["2012-01-05", "y", "sluten", "8\u00a0sak"]
    assert table.notes[0] == "3 av 4 rader, 80 procent av deras belopp."


def test_a_common_price_is_not_shown_in_full() -> None:
    table = next(t for t in dearest(view(CONTRACTS / "akutsjukhus", "2012")) if "vårdvalsdel" in t.title)
    assert len(table.rows) == 5
    assert "237 rader kostar så mycket; 5 visas." in table.notes


def test_billing_types(folder: Path) -> None:
    (table,) = billing(view(folder, "2012", ("A",)))
    assert {row[0]: row[1:3] for row in table.rows} == {
        "mängd Vård – large": (2, HALF),
        "mängd Vård – bulk": (2, HALF),
        "snittlön": (None, None),
        "fjolår": (None, None),
        "mål m": (None, None),
        "redovisat ny": (None, None),
    }
    assert table.total is not None
    assert table.total[3] == sum(row[3] for row in table.rows if isinstance(row[3], Fraction))
    assert table.total[4] == 1


def test_many_clauses_of_one_form_are_one_billing_type() -> None:
    (table,) = billing(view(CONTRACTS / "akutsjukhus", "2012"))
    found = {row[0]: row[3] for row in table.rows}
    assert found["målersättning, 8 poster"] == Fraction("2397972.20")
    assert "kriterium M1" in found
    assert "drg Huvuddel – avrundning" not in found, "half an öre is with the payment that it rounds"
    assert found["drg Huvuddel – produktion"] == Fraction("249852295.67") - Fraction("29772008.04")
    assert table.total is not None
    assert table.total[3] == sum(row[3] for row in table.rows if isinstance(row[3], Fraction))


def test_rounding_that_can_be_seen_is_a_row_of_its_own(folder: Path) -> None:
    contract = folder / "contract.avtal"
    contract.write_text(contract.read_text("utf-8").replace("avrundning öre", "avrundning kr"), "utf-8")
    (table,) = billing(view(folder, "2012", ("A",)))
    assert {row[0]: row[3] for row in table.rows}["mängd Vård – avrundning"] == Fraction("-0.4")


def test_a_result_that_differs_by_month_is_shown_from_least_to_greatest() -> None:
    table = fulfilment(view(CONTRACTS / "vg_primarvard", "2017", ("EK",)))[0]
    assert table.rows[0][:2] == ("kvalitetsindikator 201", "50\u00a0% – 67,2\u00a0%")


def test_a_code_is_named_where_a_table_of_the_contract_names_it() -> None:
    own = view(CONTRACTS / "akutsjukhus", "2012")
    assert "E60N Bröstsmärta" in [row[0] for row in production(own, by=("drg",))[0].rows]
    paid = production(view(CONTRACTS / "vg_primarvard", "2017"), by=("produktkod",))[-1]
    assert paid.rows[0][0] == "152 Receptläkemedel", "the largest by size, though it is a deduction"


def test_fulfilment(folder: Path) -> None:
    first = fulfilment(view(folder))[0]
    assert first.title == "Måluppfyllelse, 2012, R1 / A"
    assert first.rows[0] == ("mål m", "65\u00a0%", "låg 50\u00a0%, hög 80\u00a0%", 50, 100, 0, HALF)
    assert first.rows[1] == ("redovisat ny", "1\u00a0%", None, 7, 7, 7, 1)


def test_what_is_not_settled_is_in_no_sum_and_is_named(folder: Path) -> None:
    own = view(folder, "2013", ("B",))
    table = fulfilment(own)[0]
    assert table.rows[0][1] == "oavgjord"
    assert table.rows[0][3] is None
    assert table.rows[1][3:6] == (0, 7, 0), "not reported: nothing, where a report gives all"
    assert table.total is not None
    assert table.total[3] is None
    for report in (fulfilment, billing, mix):
        assert any("Inte avräknat, och därför inte med: 2013 R1 / B: mål m" in note for note in report(own)[0].notes)
    run("report", folder, "mix", "--period", "2013", code=1)


def test_the_mix(folder: Path) -> None:
    found = by_title(mix(view(folder, "2012", ("A",))))
    assert found["Struktur, process och resultat, 2012"]["Struktur"][0] == 3
    assert found["Struktur, process och resultat, 2012"]["Resultat"][0] == 57
    assert found["Struktur, process och resultat, 2012"]["Inte angivet"][0] == Fraction("5.5")
    beside = found["Blandningen bredvid 2021, 2012"]
    bulk = Fraction("1480.4")
    assert beside["DRG-poäng (SPV-3)"][:2] == (bulk, bulk / (bulk + 57))
    assert beside["Målrelaterad (SPV-6)"][:2] == (57, 57 / (bulk + 57))
    assert beside["Utan motsvarighet 2021"][0] == Fraction("8.5")


def test_a_mix_of_other_forms_is_not_put_beside_2021() -> None:
    tables = mix(view(CONTRACTS / "vg_primarvard", "2017"))
    assert [t.title for t in tables] == ["Ersättning per form, 2017", "Struktur, process och resultat, 2017"]
    assert "Ingen jämförelse med 2021" in tables[1].notes[0]
    links = mix(view(CONTRACTS / "akutsjukhus", "2012"))[1].rows
    assert [row[0] for row in links] == ["Struktur", "Process", "Resultat"]


def test_the_shares_of_2021_are_whole() -> None:
    sums: dict[tuple[str, str, str], Fraction] = {}
    for row in shares_2021():
        at = (row.operation, row.area, row.region)
        sums[at] = sums.get(at, Fraction(0)) + row.share
    assert len(shares_2021()) == 228
    assert set(sums.values()) == {Fraction(1)}


def test_weaknesses_are_a_list_to_talk_over(folder: Path) -> None:
    tables = review(view(folder, "2012", ("A",)))
    families = {str(row[0]).partition(":")[0] for table in tables for row in table.rows}
    assert families == {"SPV-2", "PV-6", "PV-8", "PV-13"}, "of several sources, the first that the list knows"
    assert tables[0].title == "Att gå igenom: Åtgärd och besök"
    assert tables[0].notes == ("Gäller: mängd",)
    assert tables[-1].notes[0] == "Gäller: mål, redovisat"
    assert all(row[2] is None for table in tables for row in table.rows), "how each is met is for the reader to write"
    assert any("inget omdöme" in note for note in tables[-1].notes)
    assert any("snittlön" in note for note in tables[-1].notes)
    assert set(weaknesses()) <= set(FAMILIES)
    alike = review(view(CONTRACTS / "akutsjukhus", "2012"))
    assert "Gäller: anslag (4), särskilt uppdrag (2)" in [table.notes[0] for table in alike]


def test_what_the_list_says_nothing_of(folder: Path) -> None:
    former = folder / "former.avtal"
    former.write_text(former.read_text("utf-8").replace('source "', 'source "unknown: '), "utf-8")
    for series in ("SLL", "SPV", "PV"):
        former.write_text(former.read_text("utf-8").replace(f"{series}-", f"{series}/"), "utf-8")
    (table,) = review(view(folder, "2012", ("A",)))
    assert table.rows == ()
    assert table.notes[-1].startswith("Poster utan motsvarighet i listan: mängd Vård")


def test_ids_of_a_source() -> None:
    assert ids("SLL-12 till SLL-14: x; PV-6, PV-8; PUB-2 b") == ("SLL-12", "SLL-13", "SLL-14", "PV-6", "PV-8", "PUB-2")
    assert ids("VBC-2 to 4") == ("VBC-2", "VBC-3", "VBC-4")
    assert ids("2012-02-23, ICD-10") == ("ICD-10",)


def test_status_shows_what_is_not_money(folder: Path) -> None:
    table = status(view(folder, "2012", ("A",)))[0]
    assert table.title == "Lampa, 2012"
    assert [c.heading for c in table.columns] == ["Post", "sken", "ljust"]
    assert table.rows == (("m", "65\u00a0%", "ja"), ("borta", None, "nej"))
    assert status(view(folder, "2012", language="en"))[0].title == "Lamp, 2012, R1 / A"


def test_what_holds_for_all_parties_is_said_once() -> None:
    (table,) = status(view(CONTRACTS / "mellansverige", "2023"))
    assert table.title == "Uppräkning, 2023, alla parter"
    assert table.rows == (("Pris 2023", "103,7186\u00a0%"),)


def test_a_table_of_long_texts_is_told_row_by_row() -> None:
    tables = {t.title: t for t in status(view(CONTRACTS / "uppfoljning", "2023"))}
    told = text(tables["Styrkort, 2023"], "sv").splitlines()
    assert told[:2] == ["Styrkort, 2023", "Norrfjärdens universitetssjukhus"]
    assert "  andel utanför                     7,1\u00a0%" in told
    assert "  belastningsregister kontrollerat  –" in told
    assert max(map(len, told)) <= 110
    assert not any("…" in line for line in text(tables["Styrningsdel, 2023"], "sv").splitlines())
    assert "─" in text(tables["Nyckeltal, 2023"], "sv"), "what is narrow stays a table"
    noted = text(tables["Effektkedja, 2023"].noted("så tänkt"), "sv").splitlines()
    assert noted[-1] == "  så tänkt"
    empty = text(Table("Inget", tables["Effektkedja, 2023"].columns, ()), "sv")
    assert empty.startswith("Inget\n")


def test_a_settlement_keeps_its_width_when_a_contract_says_much_that_is_no_money() -> None:
    text = run("settle", CONTRACTS / "uppfoljning", "--period", "2022").stdout
    amounts = text.partition("Underlag ")[0]
    assert max(len(line) for line in amounts.splitlines()) <= 110
    assert "  ordalydelse  " in amounts
    assert "Skogslandet inte bedriver själv" in amounts, "a long text goes on below itself"


def test_lights_and_lacking_actions_of_a_scorecard() -> None:
    tables = {t.title: {row[0]: row[1:] for row in t.rows} for t in status(view(CONTRACTS / "uppfoljning", "2023"))}
    assert tables["Nyckeltal, 2023"] == {
        "KVALITET": ("grönt", None, "nej"),
        "LEVERANSER": ("gult", None, "ja"),
        "EKONOMI": ("grönt", None, "nej"),
        "SAMARBETE": (None, None, "nej"),
    }
    assert tables["Mätt ljus, 2023"] == {
        "501 Remissvar inom sju dagar": ("1", "grönt"),
        "502 Återinskrivna inom trettio dagar": ("3", "rött"),
    }
    assert tables["Checkpunkt, 2023"]["21"][2] == "på_gång"
    assert len(tables["Checkpunkt, 2023"]) == 27
    assert tables["Steg, 2023"]["6"][3] == "ja"


def test_rows_that_belong_to_no_period_are_counted_as_read_alone() -> None:
    text = run("settle", CONTRACTS / "forlossning", "--period", "2012").stdout
    line = next(line for line in text.splitlines() if line.startswith("vårdkedjetjänst "))
    assert line.split()[1:3] == ["–", "–"]
    other = next(line for line in text.splitlines() if line.startswith("vårdkedja "))
    assert other.split()[1] != "–"
