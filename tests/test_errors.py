"""Errors worth reading: every mistake is found on its line, once, in words that a reader of either language can use."""

from __future__ import annotations

from pathlib import Path

import error_pages
import marked
import pytest

import dsl.problems
from avtal.reading.catalogue import CATALOGUE
from dsl.diagnostics import Diagnostic, Problem
from dsl.parse import parse_bytes
from dsl.spans import place
from interpreter import problems

ALONE = {"AV510": {"AV502"}, "AV030": {"AV101"}}
"""Codes that never come alone: a clause waits for another that failed, and a file is given up for its problems."""

HERE = Path(__file__).parent / "mistakes"
ENGLISH = (
    'contract "Agreement"\n  buyer "Region" code "R"\n  provider "Hospital" code "H"\n'
    "  period 2012-01-01 to 2013-12-31\n\nuse care\n\n"
)
SWEDISH = (
    'avtal "Överenskommelse"\n  beställare "Regionen" kod "R"\n  vårdgivare "Sjukhuset" kod "H"\n'
    "  period 2012-01-01 till 2013-12-31\n\nanvänd care\n\n"
)
CHUNKS = [
    *marked.chunks(HERE / "english.avtal", ENGLISH),
    *marked.chunks(HERE / "svenska.avtal", SWEDISH),
    *marked.chunks(HERE / "echoes.avtal", SWEDISH),
    *marked.chunks(HERE / "warnings.avtal", SWEDISH),
    *marked.chunks(HERE / "settling.avtal", ENGLISH.replace("2013-12-31", "2012-12-31")),
]


def texts(problem: Diagnostic) -> list[str]:
    """All that is ever shown of a problem."""
    return [text for language in ("sv", "en") for text in (problem.message(language), problem.help(language))]


@pytest.mark.parametrize("it", CHUNKS, ids=lambda it: it.title)
def test_a_mistake_is_found_once_where_it_stands(it: marked.Chunk, tmp_path: Path) -> None:
    found = marked.check(it, marked.library("tests/mistakes/library"), tmp_path)
    assert it.marks
    assert found.marks == it.marks
    for _, problem in found.problems:
        assert all("{" not in text and "}" not in text for text in texts(problem))
        assert all(problem.message(language) for language in ("sv", "en"))


# --- all of a file's problems in one run


def test_twenty_mistakes_in_one_file_are_all_found(tmp_path: Path) -> None:
    it = marked.chunk("many", (HERE / "together.avtal").read_text("utf-8"), {})
    assert len(it.marks) >= 20
    assert marked.check(it, marked.library("tests/mistakes/library"), tmp_path).marks == it.marks


def test_mistakes_of_both_vocabularies_are_as_many_as_the_design_asks_for() -> None:
    assert len(CHUNKS) >= 200


# --- what one clause lacks is one message


def told(text: str, tmp_path: Path) -> list[Diagnostic]:
    """What is wrong with a Swedish text."""
    found = marked.check(marked.chunk("told", SWEDISH + text, {}), marked.library("tests/mistakes/library"), tmp_path)
    return [d for _, d in found.problems]


def shown(text: str, problem: Diagnostic) -> list[str]:
    """The words that a problem is shown at."""
    return [(SWEDISH + text)[span.start : span.end] for span in (problem.span, *problem.others)]


GRANT = """ersättningsform bidrag
  parameter summa : kr
  parameter andel : %
  parameter skäl : kod
  betalar summa * andel
"""


@pytest.mark.parametrize(
    ("clause", "sv", "en", "help_sv", "places"),
    [
        (
            "bidrag",
            "bidrag saknar `summa` (kr), `andel` (%) och `skäl` (en kod)",
            "bidrag lacks `summa` (kr), `andel` (%) and `skäl` (a code)",
            "lägg till dem i posten, som i `summa 100 kr andel 80% skäl 113`",
            ["bidrag"],
        ),
        (
            "bidrag andel 5%",
            "bidrag saknar `summa` (kr) och `skäl` (en kod)",
            "bidrag lacks `summa` (kr) and `skäl` (a code)",
            "lägg till dem i posten, som i `summa 100 kr skäl 113`",
            ["bidrag andel 5%"],
        ),
        (
            "bidrag skäl andel 5%",
            "bidrag saknar `summa` (kr) och `skäl` (en kod)",
            "bidrag lacks `summa` (kr) and `skäl` (a code)",
            "lägg till dem i posten, som i `summa 100 kr skäl 113`",
            ["bidrag skäl andel 5%", "skäl"],
        ),
        (
            "bidrag skäl A\n  andel\n  summa",
            "bidrag saknar `summa` (kr) och `andel` (%)",
            "bidrag lacks `summa` (kr) and `andel` (%)",
            "lägg till dem i posten, som i `summa 100 kr andel 80%`",
            ["andel", "summa"],
        ),
        (
            "bidrag summa 1 kr andel 5%",
            "bidrag saknar `skäl` (en kod)",
            "bidrag lacks `skäl` (a code)",
            "lägg till det i posten, som i `skäl 113`",
            ["bidrag summa 1 kr andel 5%"],
        ),
    ],
)
def test_all_that_a_clause_lacks_is_one_message(
    clause: str, sv: str, en: str, help_sv: str, places: list[str], tmp_path: Path
) -> None:
    text = f"{GRANT}{clause}\n"
    (problem,) = told(text, tmp_path)
    assert (problem.message("sv"), problem.message("en"), problem.help("sv")) == (sv, en, help_sv)
    assert shown(text, problem)[0].startswith(places[0])
    assert shown(text, problem)[1:] == places[1:]


def test_of_many_clauses_that_answer_to_a_name_the_first_are_told(tmp_path: Path) -> None:
    clauses = "".join(f'anslag "{name}" 1 kr/år\n' for name in "ABCDEFG")
    text = f'{clauses}räkneexempel "Alla"\n  givet anslag = 10 kr\n  vänta totalt = 70 kr\n'
    (problem,) = told(text, tmp_path)
    first = ", ".join(f'`anslag["{name}"]`' for name in "ABCDE")
    assert problem.message("sv") == f"`anslag` kan betyda {first} eller 2 till"
    assert problem.help("sv") == 'nämn en av dem, som i `anslag["A"]`'
    assert shown(text, problem)[0] == "anslag"


def test_two_clauses_that_lack_the_same_are_two_messages(tmp_path: Path) -> None:
    found = told(f'{GRANT}bidrag "Ett" skäl A\nbidrag "Två"\n', tmp_path)
    assert [d.message("sv") for d in found] == [
        "bidrag saknar `summa` (kr) och `andel` (%)",
        "bidrag saknar `summa` (kr), `andel` (%) och `skäl` (en kod)",
    ]


def test_arguments_beside_their_clause_are_one_message_and_are_read(tmp_path: Path) -> None:
    text = "målersättning indikator 113\ngolv 80%\nmål 95%\nvikt 2 kr\n"
    beside, unit = told(text, tmp_path)
    assert beside.message("sv") == "`golv` hör till målersättning ovanför, men är inte indraget under det"
    assert shown(text, beside) == ["golv", "mål", "vikt"]
    assert (unit.code, shown(text, unit)) == ("AV202", ["2 kr"])


# --- the catalogue and its pages


def catalogue() -> dict[str, Problem]:
    """Every problem of a text or its meaning, by code."""
    found = [p for module in (dsl.problems, problems) for p in vars(module).values() if isinstance(p, Problem)]
    codes = [p.code for p in found]
    assert len(codes) == len(set(codes)), "two problems share a code"
    return {p.code: p for p in found}


PAGES = sorted(path for pattern in ("AV[0-5]*.md", "AV6[0-4]*.md") for path in error_pages.FOLDER.glob(pattern))
SERVER = sorted(error_pages.FOLDER.glob("AV6[5-9]*.md"))
"""The pages of the server's codes, which tests/test_server_pages.py runs."""


def found_in(it: error_pages.Example, folder: Path) -> list[tuple[int, Diagnostic]]:
    """The problems of a page's example."""
    encoding = it.words.get("encoding")
    if encoding:
        read = parse_bytes(it.chunk.text.encode(encoding), "chunk.avtal")
        return [(place(read.module.text, d.span).line, d) for d in read.diagnostics]
    return list(marked.check(it.chunk, marked.library("stdlib_rules"), folder).problems)


def test_every_code_has_its_page_and_every_page_its_code() -> None:
    assert [path.stem for path in PAGES] == sorted(catalogue())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_fails_as_it_says_and_holds_when_mended(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page = error_pages.page(path)
    assert page.code == path.stem
    found = found_in(page.fails, tmp_path)
    if page.fails.chunk.marks and "lines" not in page.fails.words:
        assert tuple(sorted((line, d.code) for line, d in found)) == page.fails.chunk.marks
    codes = {d.code for _, d in found}
    assert page.code in codes
    if page.code in ALONE:
        assert codes == {page.code} | ALONE[page.code]
    else:
        assert codes == {page.code}
    first = next(d for _, d in found if d.code == page.code)
    said = {language: error_pages.said(first, language) for language in ("sv", "en")}
    if request.config.getoption("--update"):
        error_pages.update(path, said)
        page = error_pages.page(path)
    assert {"sv": page.sv, "en": page.en} == said
    other = tmp_path / "mended"
    other.mkdir()
    assert [(line, d.code, d.message("en")) for line, d in found_in(page.mended, other)] == []


def test_the_index_and_the_page_of_data_problems_are_up_to_date(request: pytest.FixtureRequest) -> None:
    titles = [(page.code, page.title) for page in map(error_pages.page, PAGES)]
    titles += [(path.stem, path.read_text("utf-8").splitlines()[0].partition(": ")[2]) for path in SERVER]
    for name, text in (("README.md", error_pages.index(titles)), ("data.md", error_pages.data(CATALOGUE))):
        path = error_pages.FOLDER / name
        if request.config.getoption("--update"):
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text
