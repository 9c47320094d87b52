"""A diagnostic shows its line with a caret under the very characters that it is about."""

from __future__ import annotations

import json

import pytest

from avtal.findings import finding
from avtal.rendering.diagnostics import WIDEST, render, summary
from avtal.rendering.terminal import Paint, visible, wants_colour, width
from avtal.structure import to_json
from dsl.diagnostics import Problem, Severity
from dsl.spans import Span

WRONG = Problem("AV999", "`{name}` is wrong", "`{name}` är fel", "do so", "gör så")
ODD = Problem("AV998", "odd", "underligt", severity=Severity.WARNING)
TEXT = 'avtal "Åäö"\n  pris 38 kr\n  mål 4\n'


def span(part: str, text: str = TEXT, file: str = "a.avtal") -> Span:
    at = text.index(part)
    return Span(file, at, at + len(part))


def test_a_whole_diagnostic() -> None:
    shown = render([WRONG.at(span("38 kr"), name="pris", suggestion="belopp")], {"a.avtal": TEXT}, "sv")
    assert shown == (
        "fel AV999: `pris` är fel\n"
        " --> a.avtal:2:8\n"
        "  |\n"
        "2 |   pris 38 kr\n"
        "  |        ^^^^^\n"
        "  = hjälp: menade du `belopp`? gör så\n"
    )


def test_english_and_warnings() -> None:
    shown = render([ODD.at(span("mål"))], {"a.avtal": TEXT}, "en")
    assert shown.startswith("warning AV998: odd\n --> a.avtal:3:3\n")
    assert "help" not in shown


def test_places_that_belong_to_it_are_shown_on_their_lines() -> None:
    shown = render([ODD.at(span("mål 4"), span("4"), span("pris"))], {"a.avtal": TEXT}, "sv")
    assert shown.splitlines()[1:] == [
        " --> a.avtal:3:3",
        "  |",
        "3 |   mål 4",
        "  |   ^^^^^",
        " ::: a.avtal:2:3 (se även)",
        "  |",
        "2 |   pris 38 kr",
        "  |   ----",
    ]


def test_two_places_on_one_line_share_it() -> None:
    shown = render([ODD.at(span("38"), span("kr"))], {"a.avtal": TEXT}, "sv")
    assert "  |        ^^ --\n" in shown
    assert shown.count("pris 38 kr") == 1


@pytest.mark.parametrize("at", [0, 40, 105, 300, 590])
def test_a_long_line_is_cut_around_the_caret(at: int) -> None:
    line = f"{'å' * at}FEL{'ö' * (600 - at)}"
    shown = render([ODD.at(span("FEL", line))], {"a.avtal": line}, "sv").splitlines()
    source, under = shown[3], shown[4]
    assert len(source) < WIDEST + 10
    assert source[under.index("^") : under.index("^") + 3] == "FEL"
    assert under.count("^") == 3


def test_a_place_that_is_longer_than_its_line_stops_there() -> None:
    shown = render([ODD.at(Span("a.avtal", 14, 40))], {"a.avtal": TEXT}, "sv")
    assert "  |   ^^^^^^^^^^\n" in shown


def test_wide_and_invisible_characters_keep_the_caret_in_its_place() -> None:
    text = "漢字\x1b[2J fel"
    shown = render([ODD.at(span("fel", text))], {"a.avtal": text}, "sv").splitlines()
    assert "\x1b" not in "".join(shown)
    assert width(shown[3][: shown[3].index("fel")]) == shown[4].index("^")


def test_an_unknown_file_is_named_without_a_line() -> None:
    assert render([ODD.at(Span("borta.avtal", 3, 4))], {}, "sv") == "varning AV998: underligt\n--> borta.avtal\n"


def test_the_end_of_the_file_has_a_caret() -> None:
    shown = render([ODD.at(Span("a.avtal", 99, 99))], {"a.avtal": "ab"}, "sv")
    assert shown.splitlines()[1:] == [" --> a.avtal:1:3", "  |", "1 | ab", "  |   ^"]


def test_colour_surrounds_and_changes_nothing_else() -> None:
    import re

    found = [WRONG.at(span("38 kr"), span("mål"), name="x")]
    plain = render(found, {"a.avtal": TEXT}, "sv")
    painted = render(found, {"a.avtal": TEXT}, "sv", Paint(on=True))
    assert painted != plain
    assert re.sub("\x1b\\[[0-9;]*m", "", painted) == plain


def test_as_json() -> None:
    found = json.loads(to_json(finding(WRONG.at(span("pris 38 kr\n  mål"), name="p"), {"a.avtal": TEXT}, "en")))
    assert found == {
        "code": "AV999",
        "severity": "error",
        "message": "`p` is wrong",
        "help": "do so",
        "file": "a.avtal",
        "line": 2,
        "column": 3,
        "end_line": 3,
        "end_column": 6,
        "related": [],
    }
    assert finding(ODD.at(Span("", 0, 0)), {}, "en").line is None


def test_summaries() -> None:
    error, warning = WRONG.at(span("mål"), name="x"), ODD.at(span("mål"))
    assert summary([error, warning, warning], "sv") == "1 fel och 2 varningar"
    assert summary([error, error, warning], "en") == "2 errors and 1 warning"
    assert summary([], "sv") == ""


class Stream:
    def __init__(self, *, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("environment", "terminal", "asked", "colour"),
    [
        ({}, True, None, True),
        ({}, False, None, False),
        ({"NO_COLOR": "1"}, True, None, False),
        ({"NO_COLOR": ""}, True, None, True),
        ({"NO_COLOR": "1"}, False, True, True),
        ({"FORCE_COLOR": "1"}, False, None, True),
        ({"FORCE_COLOR": "0"}, True, None, False),
        ({"TERM": "dumb"}, True, None, False),
        ({}, True, False, False),
    ],
)
def test_who_gets_colour(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, terminal: bool, asked: bool | None, colour: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert wants_colour(Stream(terminal=terminal), asked=asked) == colour  # type: ignore[arg-type]


def test_visible_keeps_what_prints() -> None:
    assert visible("åäö\u00a01 234") == "åäö\u00a01 234"
    assert visible("a\rb\u202e") == "a\\u000db\\u202e"
