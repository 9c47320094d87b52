"""The parser's tables: made by Lark from the grammar, shipped as data, so that reading a text needs no Lark.

Building the tables takes about half a second and importing Lark a tenth; loading `tables.json` takes a few
milliseconds. The file holds the grammar that it was made from. When that is not the grammar of this package (a
developer has changed a rule or a word), the tables are built anew by Lark; a test says when the file is out of date
and how to renew it.
"""

from __future__ import annotations

import json
import pkgutil
import re
from functools import cache
from typing import Any

from attrs import frozen

from dsl.syntax import grammar, lark


@frozen
class Rule:
    """How a reduction makes a node of a tree.

    Args:
        origin: the rule's name in the grammar, under which the next state is found.
        data: the name of the node it makes: its alias, or its own name.
        size: how many symbols it takes.
        kept: which of them become children: (position, whether its children are taken instead, how many absent
            optional parts come before it).
        absent: how many absent optional parts come last.
        single: whether an only child stands in for the node.
    """

    origin: str
    data: str
    size: int
    kept: tuple[tuple[int, bool, int], ...]
    absent: int
    single: bool


@frozen
class Tables:
    """An LALR(1) automaton with its lexer.

    Args:
        lexer: one alternation over all terminals, each a named group.
        ignored: terminals that the parser never sees.
        states: for each state what a symbol leads to: a state (0 or more) or a reduction by rule -1 - number.
        rules: the rules that reductions name.
        start, end: the state to begin in, and the one that a whole line ends in.
    """

    lexer: re.Pattern[str]
    ignored: frozenset[str]
    states: tuple[dict[str, int], ...]
    rules: tuple[Rule, ...]
    start: int
    end: int


def made() -> dict[str, Any]:
    """The tables of the grammar as JSON data, made by Lark (slow); the same for the same grammar."""
    frontend = lark().parser
    table = frontend.parser._parse_table  # noqa: SLF001  # Lark shows its tables in no other way
    numbers = _numbered(table.states, table.start_states["start"])
    rules: list[list[Any]] = []
    known: dict[Any, int] = {}
    states = []
    for state in numbers:
        row = {}
        for symbol, (action, argument) in sorted(table.states[state].items()):
            if str(action) == "Shift":
                row[str(symbol)] = numbers[argument]
            else:
                if argument not in known:
                    known[argument] = len(rules)
                    rules.append(_rule(argument))
                row[str(symbol)] = -1 - known[argument]
        states.append(row)
    lexer = frontend.lexer
    return {
        "grammar": grammar(),
        "terminals": [[terminal.name, terminal.pattern.to_regexp()] for terminal in lexer.terminals],
        "ignored": sorted(lexer.ignore_types),
        "states": states,
        "rules": rules,
        "start": numbers[table.start_states["start"]],
        "end": numbers[table.end_states["start"]],
    }


def _numbered(states: dict[int, dict[str, Any]], start: int) -> dict[int, int]:
    """New numbers for Lark's states, in the order they are reached: Lark's own differ from run to run."""
    numbers = {start: 0}
    reached = [start]
    for state in reached:
        for _, (action, argument) in sorted(states[state].items()):
            if str(action) == "Shift" and argument not in numbers:
                numbers[argument] = len(numbers)
                reached.append(argument)
    return numbers


def _rule(rule: Any) -> list[Any]:
    """Lark's rule as data, with the children that Lark's own tree builder would keep."""
    gaps = "".join(str(int(absent)) for absent in rule.options.empty_indices or (False,) * len(rule.expansion))
    before = [len(run) for run in gaps.split("0")]
    kept: list[list[Any]] = []
    absent = 0
    for position, symbol in enumerate(rule.expansion):
        absent += before[position]
        if not symbol.is_term or rule.options.keep_all_tokens or not symbol.filter_out:
            kept.append([position, not symbol.is_term and symbol.name.startswith("_"), absent])
            absent = 0
    data = rule.alias or rule.options.template_source or rule.origin.name
    single = bool(rule.options.expand1 and not rule.alias)
    return [str(rule.origin.name), str(data), len(rule.expansion), kept, absent + before[-1], single]


def loaded(data: Any) -> Tables:
    """Tables from JSON data.

    Raises:
        ValueError: the data are not tables: a state or a rule that does not exist is named.
    """
    try:
        rules = tuple(
            Rule(origin, name, size, tuple((at, inline, absent) for at, inline, absent in kept), absent, single)
            for origin, name, size, kept, absent, single in data["rules"]
        )
        lexer = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in data["terminals"]))
        tables = Tables(lexer, frozenset(data["ignored"]), tuple(data["states"]), rules, data["start"], data["end"])
        lowest, highest = -len(rules), len(tables.states)
        sound = all(lowest <= target < highest for row in tables.states for target in row.values())
        if not (sound and 0 <= tables.start < highest and 0 <= tables.end < highest):
            raise ValueError("a state or a rule does not exist")
    except (TypeError, KeyError, re.error) as error:
        raise ValueError(f"not the tables of a parser: {error!r}") from error
    return tables


@cache
def tables() -> Tables:
    """The tables of this package's grammar: the shipped ones when they are of this grammar, else made anew."""
    data = json.loads(pkgutil.get_data("dsl", "tables.json") or b"{}")
    return loaded(data if data.get("grammar") == grammar() else made())
