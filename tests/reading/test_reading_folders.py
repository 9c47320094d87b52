"""Which files of a folder are read, what they are called, and that none is left out without a word."""

from __future__ import annotations

from pathlib import Path

from avtal.engines.snapshot import opened
from avtal.reading import read_data
from avtal.reading.folders import DEEPEST, sources
from avtal.reading.places import Database
from interpreter.facts import Fact

ROWS = "id;date\n{key};2012-01-01\n"


def lay(path: Path, key: str) -> Path:
    """Lay a file of admissions with one row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ROWS.format(key=key), encoding="utf-8")
    return path


def test_a_folder_too_deep_is_a_problem_and_its_files_are_not_left_out_in_silence(
    tmp_path: Path, admission: Fact
) -> None:
    deepest = tmp_path / Path(*"abcdefgh"[:DEEPEST])
    lay(tmp_path / "admission_1.csv", "1")
    lay(deepest / "admission_2.csv", "2")
    assert len(read_data([tmp_path], [admission]).data["admission"]) == 2
    lay(deepest / "i" / "admission_3.csv", "3")
    reading = read_data([tmp_path], [admission])
    (problem,) = reading.problems
    assert (problem.code, problem.file) == ("AVD63", "a/b/c/d/e/f/g/h/i")
    assert "mer än 8 mappar ner" in problem.text("sv")
    assert "more than 8 folders down" in problem.text("en")
    with opened([tmp_path], [admission], keep=False) as found:
        assert found.reading.problems == reading.problems
    named = read_data([tmp_path / "a"], [admission])
    assert [row.cells["id"] for row in named.data["admission"]] == ["2", "3"]


def test_files_of_one_name_are_told_apart_by_as_many_folders_as_it_takes(tmp_path: Path, admission: Fact) -> None:
    one, two = lay(tmp_path / "a" / "x" / "admission.csv", "1"), lay(tmp_path / "b" / "x" / "admission.csv", "1")
    reading = read_data([one.parent, two.parent], [admission])
    assert [file.name for file in reading.files] == ["a/x/admission.csv", "b/x/admission.csv"]
    assert [(p.file, dict(p.args)["file"]) for p in reading.problems] == [
        ("a/x/admission.csv", "b/x/admission.csv"),
        ("b/x/admission.csv", "a/x/admission.csv"),
    ]
    third = lay(tmp_path / "b" / "y" / "admission.csv", "3")
    names = [source.name for source in sources([one, two, third, tmp_path / "a"], None)[0]]
    assert names == ["a/x/admission.csv", "b/x/admission.csv", "y/admission.csv"]
    within = [source.name for source in sources([tmp_path / "a", tmp_path / "b"], None)[0]]
    assert within == ["a/x/admission.csv", "b/x/admission.csv", "y/admission.csv"]
    assert [source.name for source in sources([tmp_path], None)[0]] == [
        "a/x/admission.csv",
        "b/x/admission.csv",
        "b/y/admission.csv",
    ]


def test_tables_of_one_name_are_told_apart_by_their_schemas_or_else_by_number() -> None:
    given = [
        Database("", "s1.visit"),
        Database("", "s2.visit"),
        Database("", "s1.other"),
        Database("x://y", "s1.visit"),
    ]
    found, _ = sources(given, None)
    assert [source.name for source in found] == ["s1.visit", "s2.visit", "other", "s1.visit (2)"]
    assert [source.path.name for source in found] == ["visit", "visit", "other", "visit"]
