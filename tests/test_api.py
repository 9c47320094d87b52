"""The face in Python: what it returns, what it refuses, and that nothing outside the contract's folder is read."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction
from pathlib import Path

import folders
import pytest

import avtal
from avtal import periods
from avtal.reading import Reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


def codes(folder: Path) -> list[str]:
    return [d.code for d in avtal.check(folder)]


def reasons(folder: Path) -> str:
    return " ".join(d.message("sv") for d in avtal.check(folder))


def test_the_face_is_what_it_says() -> None:
    assert set(avtal.__all__) == {name for name in avtal.__all__ if getattr(avtal, name) is not None}
    with pytest.raises(AttributeError, match="no attribute 'sattle'"):
        avtal.sattle  # noqa: B018


def test_a_contract_settles(folder: Path) -> None:
    contract = avtal.load(folder)
    assert (contract.name, contract.language, [d.code for d in contract.diagnostics]) == ("Provavtal", "sv", ["AV330"])
    reading = avtal.read(contract)
    found = avtal.settle(contract, reading, period="2012", providers=["A"])
    assert [(s.start, s.provider[1], s.total) for s in found] == [(date(2012, 1, 1), "A", Fraction("1241682.78"))]
    assert len(avtal.settle(contract, reading)) == 4
    assert avtal.settle(contract, reading, period=(date(2012, 1, 1), date(2012, 12, 31)))[0].total == found[0].total


def test_examples_run(folder: Path) -> None:
    assert [(e.name, e.ok) for e in avtal.test(avtal.load(folder))] == [("En tiondel", True)]


def test_examples_of_forms_run_where_they_are_defined(tmp_path: Path) -> None:
    forms = folders.FORMS + '\n  example "fem"\n    fixed 5 kr\n    expect fixed = 5 kr\n'
    forms = forms.replace("form part", "form later").replace("  pays share", "  pays share")
    head, _, tail = forms.partition("form later")
    example = '  example "fem"\n    fixed "Jour" 5 kr\n    expect fixed["Jour"] = 5 kr\n'
    wrong = example.replace('"fem"', '"sex"').replace("= 5 kr", "= 6 kr")
    tail = tail.partition("\n  example")[0]
    path = folders.write(tmp_path, forms=f"{head.rstrip()}\n\n{example}\n{wrong}\nform later{tail}\n") / "former.avtal"
    assert [(e.name, e.ok) for e in avtal.test(avtal.load(path))] == [("fem", True), ("sex", False)]


def test_explain_reaches_the_datum(folder: Path) -> None:
    contract = avtal.load(folder)
    reading = avtal.read(contract)
    settlement = avtal.settle(contract, reading, period="2012")[0]
    trace = avtal.explain(contract, reading, settlement, "Kvalitet")
    rows = set()
    parts = [trace]
    while parts:
        part = parts.pop()
        parts += part.parts
        rows |= {(part.value.file, part.value.line)} if type(part.value).__name__ == "Row" else set()
    assert trace.value == Fraction("40015.52")
    assert rows == {("utfall.csv", 2)}


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ('visits["Besök"]', 'visits["Besök"]'),
        ('besöksersättning["Besök"]', 'visits["Besök"]'),
        ("Besök", 'visits["Besök"]'),
        ("andel", 'part["Kvalitet"]'),
        ("andel Kvalitet", 'part["Kvalitet"]'),
        ("visits Besök", 'visits["Besök"]'),
    ],
)
def test_a_clause_is_found_by_what_people_call_it(folder: Path, asked: str, key: str) -> None:
    contract = avtal.load(folder)
    settlement = avtal.settle(contract, avtal.read(contract), period="2012")[0]
    assert avtal.find_clause(contract, settlement, asked).key == key


def test_an_unknown_clause_is_told_with_the_nearest(folder: Path) -> None:
    contract = avtal.load(folder)
    settlement = avtal.settle(contract, avtal.read(contract), period="2012")[0]
    with pytest.raises(avtal.UnreadableError) as caught:
        avtal.find_clause(contract, settlement, "Kvalitett")
    assert "'Kvalitet'" in caught.value.text("sv")
    assert 'andel["Kvalitet"]' in caught.value.text("sv")


def test_a_name_of_several_clauses_is_refused(tmp_path: Path) -> None:
    text = folders.CONTRACT.replace("delsumma", 'fast "Lokaler" 1 kr\n\ndelsumma')
    contract = avtal.load(folders.write(tmp_path, contract=text, expected=""))
    settlement = avtal.settle(contract, avtal.read(contract), period="2012")[0]
    with pytest.raises(avtal.UnreadableError, match="Several clauses"):
        avtal.find_clause(contract, settlement, "fast")


def test_nothing_is_settled_with_errors(tmp_path: Path) -> None:
    contract = avtal.load(folders.write(tmp_path, contract=folders.CONTRACT.replace("fast", "fasst")))
    assert not contract.analysed.sound
    with pytest.raises(avtal.AvtalError) as caught:
        avtal.read(contract)
    assert [d.code for d in caught.value.diagnostics][:1] == ["AV101"]
    with pytest.raises(avtal.AvtalError):
        avtal.test(contract)


def test_refused_data_come_with_every_problem(tmp_path: Path) -> None:
    wrong = folders.CONTACTS.replace("2012-06-30", "2012-06-31").replace("K4;B", ";B")
    contract = avtal.load(folders.write(tmp_path, contacts=wrong))
    with pytest.raises(avtal.DataError) as caught:
        avtal.read(contract)
    assert [(p.row, p.column) for p in caught.value.reading.problems] == [(3, "Dag"), (5, "id")]


def test_without_data_the_folder_is_named(tmp_path: Path) -> None:
    contract = avtal.load(folders.write(tmp_path, contacts="", outcomes=""))
    with pytest.raises(avtal.UnreadableError, match=r"there is no folder .*data"):
        avtal.read(contract)


def test_a_fact_without_a_file_is_not_a_fact_without_rows(tmp_path: Path) -> None:
    contract = avtal.load(folders.write(tmp_path / "a", contacts=""))
    with pytest.raises(avtal.AvtalError, match="No file gives the fact contact") as caught:
        avtal.read(contract)
    assert "underlaget kontakt" in caught.value.text("sv")
    empty = avtal.load(folders.write(tmp_path / "b", contacts="id;Vårdgivare;Dag;Art\n"))
    assert avtal.settle(empty, avtal.read(empty), period="2012")[0].clauses[0].amount == 0


def test_a_library_module_is_no_contract(folder: Path) -> None:
    contract = avtal.load(folder / "former.avtal")
    assert contract.name == str(folder / "former.avtal")
    with pytest.raises(avtal.UnreadableError, match="holds no contract"):
        avtal.read(contract)


@pytest.mark.parametrize(
    ("period", "part"), [("2019", "outside"), ("tolv", "is not a period"), ("2013..2012", "ends before")]
)
def test_periods_that_cannot_be(folder: Path, period: str, part: str) -> None:
    contract = avtal.load(folder)
    with pytest.raises(avtal.UnreadableError, match=part):
        avtal.settle(contract, Reading(), period=period)


def test_parties_that_the_contract_lacks(folder: Path) -> None:
    contract = avtal.load(folder)
    with pytest.raises(avtal.UnreadableError, match=r"no provider with the code 'C'\. The codes are: A, B"):
        avtal.settle(contract, Reading(), providers=["C"])
    with pytest.raises(avtal.UnreadableError, match="no buyer"):
        avtal.settle(contract, Reading(), buyers=["A"])


@pytest.mark.parametrize(
    ("written", "start", "end", "short"),
    [
        ("2012", (2012, 1, 1), (2012, 12, 31), "2012"),
        ("2012-02", (2012, 2, 1), (2012, 2, 29), "2012-02"),
        ("2012-q1", (2012, 1, 1), (2012, 3, 31), "2012-q1"),
        ("2012 K4", (2012, 10, 1), (2012, 12, 31), "2012-q4"),
        ("2012-01..2012-12", (2012, 1, 1), (2012, 12, 31), "2012"),
        ("2012-01-15..2012-06", (2012, 1, 15), (2012, 6, 30), "2012-01-15..2012-06-30"),
        ("2012-01-15", (2012, 1, 15), (2012, 1, 15), "2012-01-15"),
        ("2011..2012", (2011, 1, 1), (2012, 12, 31), "2011-01-01..2012-12-31"),
    ],
)
def test_periods(written: str, start: tuple[int, int, int], end: tuple[int, int, int], short: str) -> None:
    assert periods.parse(written) == (date(*start), date(*end))
    assert periods.name(date(*start), date(*end)) == short
    assert periods.parse(short) == (date(*start), date(*end))


@pytest.mark.parametrize(
    "text", ["", "2012-13", "2012-00", "2012-02-30", "2012-q5", "1899", "2200", "12", "..", "٢٠١٢"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(avtal.UnreadableError):
        periods.parse(text)


def test_the_record_has_the_hash_of_all_that_was_read(folder: Path) -> None:
    contract = avtal.load(folder)
    made = avtal.provenance(contract, avtal.read(contract))
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, _ in made.text}
    assert dict(made.text) == digests
    assert list(digests) == ["contract.avtal", "former.avtal", "priser.csv"]
    assert [name for name, _ in made.data] == ["kontakt.csv", "utfall.csv"]
    assert made.library == ()
    assert len(made.engine) == 64


# --- what a contract may open


@pytest.mark.parametrize(
    "name",
    [
        "../hemlig.csv",
        "/etc/passwd",
        "..",
        ".",
        "under/priser.csv",
        "..\\hemlig.csv",
        "C:priser.csv",
        ".dold.csv",
        "*.csv",
    ],
)
def test_a_table_file_is_a_bare_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "hemlig.csv").write_text(folders.PRICES, "utf-8")
    folder = folders.write(tmp_path / "prov", contract=folders.CONTRACT.replace("priser.csv", name))
    assert codes(folder)
    assert avtal.load(folder).hashes.text.keys() <= {"contract.avtal", "former.avtal"}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "hemlig.csv").write_text(folders.PRICES, "utf-8")
    folder = folders.write(tmp_path / "prov", prices="")
    (folder / "priser.csv").symlink_to(tmp_path / "hemlig.csv")
    assert "länk ut ur avtalets mapp" in reasons(folder)
    (folder / "priser.csv").unlink()
    (folder / "priser.csv").symlink_to(folder / "priser.csv")
    assert "länk ut ur avtalets mapp" in reasons(folder)


def test_a_module_that_is_a_link_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "hemlig.avtal").write_text(folders.FORMS, "utf-8")
    folder = folders.write(tmp_path / "prov", forms="")
    (folder / "former.avtal").symlink_to(tmp_path / "hemlig.avtal")
    with pytest.raises(avtal.UnreadableError, match="a link out of the contract's folder"):
        avtal.load(folder)


def test_a_table_file_that_is_not_there_a_folder_or_no_text(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, prices="")
    assert "finns inte" in reasons(folder)
    (folder / "priser.csv").mkdir()
    assert "ingen vanlig fil" in reasons(folder)
    (folder / "priser.csv").rmdir()
    (folder / "priser.csv").write_bytes(b"art;pris\nny\x00;1\n")
    assert "rad 2: Filen innehåller nolltecken" in reasons(folder)


def test_a_table_file_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avtal.sources.LARGEST_TABLE", 1 << 20)
    folder = folders.write(tmp_path, prices="art;pris\n" + "ny;1\n" * 300_000)
    assert "större än 1 MiB" in reasons(folder)


def test_reasons_follow_the_language_asked_for(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, prices="")
    found = avtal.load(folder, language="en").diagnostics
    assert "not in the contract's folder" in found[0].message("en")


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b'avtal "\xe5"\n', ":1:8: AV031"),
        (b"# " + b"x" * (256 * 1024), "AV009"),
    ],
)
def test_texts_that_cannot_be_read(tmp_path: Path, data: bytes, part: str) -> None:
    path = tmp_path / "a.avtal"
    path.write_bytes(data)
    with pytest.raises(avtal.UnreadableError, match=part):
        avtal.load(path)


def test_paths_that_are_no_contract(tmp_path: Path) -> None:
    with pytest.raises(avtal.UnreadableError, match=r"has no file contract\.avtal"):
        avtal.load(tmp_path)
    with pytest.raises(avtal.UnreadableError, match="does not exist"):
        avtal.load(tmp_path / "borta.avtal")
    with pytest.raises(avtal.UnreadableError, match="can't be read"):
        avtal.load("a\0b.avtal")


# --- layout


def test_format_gives_the_canonical_layout() -> None:
    assert avtal.format_text('fast   "Jour"  5kr\n') == avtal.format_text('fast "Jour" 5 kr\n')


def test_format_leaves_what_it_cannot_read() -> None:
    with pytest.raises(avtal.AvtalError) as caught:
        avtal.format_text('fast "Jour\n', file="a.avtal")
    assert caught.value.diagnostics


def test_words_of_the_other_language_settle_alike(folder: Path, tmp_path: Path) -> None:
    path = folder / "contract.avtal"
    english = avtal.format_text(path.read_text("utf-8"), file=str(path), to="en")
    assert 'fixed "Jour" 1 200 000.10 kr' in english
    assert "contract " in english
    other = folders.write(tmp_path / "annan", contract=english)
    contract, again = avtal.load(folder), avtal.load(other)
    assert (contract.language, again.language) == ("sv", "en")
    first, second = (avtal.settle(c, avtal.read(c)) for c in (contract, again))
    assert [s.total for s in first] == [s.total for s in second]
    assert [[c.key for c in s.clauses] for s in first] == [[c.key for c in s.clauses] for s in second]
    back = avtal.format_text(english, file=str(other / "contract.avtal"), to="sv")
    assert back == avtal.format_text(path.read_text("utf-8"))
