"""The tables of docs/language.md that come from the code: words, units, functions.

    python docs/tables.py            say whether the page is current
    python docs/tables.py --write    bring it up to date

A table stands between `<!-- table: name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from dsl.lexicon import KEYWORDS, NAMES, UNITS
from interpreter import types as t
from interpreter.functions import BUILTINS, Builtin
from interpreter.units import CORE_UNITS

PAGE = Path(__file__).with_name("language.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def _pipe(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(words: list[str] | tuple[str, ...]) -> str:
    return " ".join(f"`{word}`" for word in words)


def words() -> str:
    """The reserved words and phrases, by the English ones."""
    pairs = sorted(KEYWORDS.values())
    return _pipe(["English", "svenska"], [[f"`{en}`", f"`{sv}`"] for en, sv in pairs])


def names() -> str:
    """The names with a meaning of the language's own, functions left out."""
    pairs = sorted((en, sv) for en, sv in NAMES.items() if en not in BUILTINS)
    return _pipe(["English", "svenska"], [[f"`{en}`", f"`{sv}`"] for en, sv in pairs])


def units() -> str:
    """The units that every file knows, with their size in the unit that they are kept in."""
    rows = []
    for name, (english, swedish) in UNITS.items():
        unit = CORE_UNITS[name]
        kept = unit.dimension[0][0] if unit.dimension else ""
        rows.append([_code(english), _code(swedish), "" if kept == name else f"{unit.factor} {kept}".strip()])
    return _pipe(["English", "svenska", "is"], rows)


def _takes(row: Builtin) -> str:
    if row.same:
        return f"{row.count} of one kind" if row.count > 1 else "a number of any kind"
    return ", ".join(t.words(kind, "en") for kind in row.takes)


def functions() -> str:
    """The builtins."""
    rows = [
        [
            f"`{row.name}`",
            f"`{NAMES[row.name]}`",
            _takes(row),
            "the same kind" if row.same else t.words(row.gives, "en"),
            row.doc,
        ]
        for row in BUILTINS.values()
    ]
    return _pipe(["English", "svenska", "takes", "gives", "meaning"], rows)


TABLES = {"words": words, "names": names, "units": units, "functions": functions}


def current(text: str) -> str:
    """A page with every table as the code has it now."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def main() -> int:
    """Check or write the page."""
    text = PAGE.read_text(encoding="utf-8")
    if text == current(text):
        print(f"{PAGE.name} is current")
        return 0
    if "--write" in sys.argv:
        PAGE.write_text(current(text), encoding="utf-8")
        print(f"{PAGE.name} is written")
        return 0
    print(f"{PAGE.name} is not current: python docs/tables.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
