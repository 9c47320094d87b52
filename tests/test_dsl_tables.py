"""The shipped parser tables are of this grammar, agree with Lark, and are refused when they are not tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from golden import cases
from lark import Token as LarkToken, Tree as LarkTree

import dsl.tables
from dsl.lalr import Part, Tree, Unexpected, parse, tokens
from dsl.layout import layout, normal
from dsl.lexicon import ENGLISH_UNIT, KEYWORDS, NAMES, UNITS
from dsl.syntax import lark
from dsl.tables import loaded, made, tables

SHIPPED = Path(dsl.tables.__file__).with_name("tables.json")
CONTRACTS = sorted((Path(__file__).resolve().parents[1] / "contracts").rglob("?*.avtal"))


def test_the_grammar_has_no_conflicts_and_no_colliding_terminals() -> None:
    assert lark(strict=True).rules


def test_the_shipped_tables_are_those_of_the_grammar(request: pytest.FixtureRequest) -> None:
    now = json.dumps(made(), ensure_ascii=False, separators=(",", ":")) + "\n"
    if request.config.getoption("--update"):
        SHIPPED.write_text(now, "utf-8")
    assert SHIPPED.read_text("utf-8") == now, "the grammar has changed: renew its tables with pytest --update"


def test_other_tables_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dsl.tables.pkgutil, "get_data", lambda *_: b'{"grammar": "another"}')
    monkeypatch.setattr(dsl.tables, "grammar", lambda: "")
    monkeypatch.setattr(dsl.tables, "made", lambda: json.loads(SHIPPED.read_text("utf-8")))
    tables.cache_clear()
    try:
        assert tables().rules
    finally:
        tables.cache_clear()


def shown(part: Part) -> Any:
    if isinstance(part, Tree):
        return part.data, [shown(child) for child in part.children]
    return part and (part.type, part.text)


def shown_by_lark(part: LarkTree[LarkToken] | LarkToken | None) -> Any:
    if isinstance(part, LarkTree):
        return str(part.data), [shown_by_lark(child) for child in part.children]
    return part and (part.type, str(part))


@pytest.mark.parametrize("path", [*cases("parse"), *cases("format"), *CONTRACTS], ids=lambda path: path.stem)
def test_lark_gives_the_same_trees_and_refusals(path: Path) -> None:
    theirs = lark()
    text = normal(path.read_text("utf-8"))
    compared = 0
    for logical in layout(text, path.name).lines:
        source = text[logical.start : logical.end]
        try:
            line = tokens(tables(), source)
        except Unexpected:  # a character of no terminal: nothing to compare
            continue
        interactive = theirs.parse_interactive("")
        for token in line:
            if token.type not in interactive.accepts():
                with pytest.raises(Unexpected) as caught:
                    parse(tables(), line, len(source))
                assert caught.value.token == token
                assert caught.value.accepted == interactive.accepts()
                break
            interactive.feed_token(LarkToken(token.type, token.text))
        else:
            if "$END" in interactive.accepts():
                assert shown(parse(tables(), line, len(source))) == shown_by_lark(interactive.feed_eof())
            else:
                with pytest.raises(Unexpected) as caught:
                    parse(tables(), line, len(source))
                assert caught.value.accepted == interactive.accepts()
        compared += 1
    assert compared


@pytest.mark.parametrize(
    "damage",
    [
        {"rules": 5},
        {"rules": [[1]]},
        {"terminals": [["NAME", "("]]},
        {"states": [{"NAME": 99999}]},
        {"start": 99999},
        {"states": None},
    ],
    ids=str,
)
def test_data_that_are_no_tables_are_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tables|exist|unpack"):
        loaded(json.loads(SHIPPED.read_text("utf-8")) | damage)


def test_no_word_has_two_meanings() -> None:
    keywords = [word for pair in KEYWORDS.values() for word in pair]
    assert len(keywords) == len(set(keywords))
    assert set(keywords) & {*NAMES, *NAMES.values()} == set()
    assert set(keywords) & set(ENGLISH_UNIT) == set()
    assert len(set(NAMES.values())) == len(NAMES)
    spellings = [(unit, spelling) for unit, pair in UNITS.items() for spelling in {*pair[0], *pair[1]}]
    assert len(spellings) == len({spelling for _, spelling in spellings})


def test_a_name_in_both_languages_means_one_thing() -> None:
    assert {word for word in set(NAMES) & set(NAMES.values()) if NAMES[word] != word} == set()


def test_reading_a_text_does_not_import_lark() -> None:
    code = "import sys; from dsl.parse import parse; parse('p4p min 80%'); sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=SHIPPED.parents[1], check=False).returncode == 0
