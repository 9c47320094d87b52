"""A section of `mapping.toml` to start from, for a file whose name or headings were not recognised.

Guarantees: what is written is valid TOML, and a guess is only ever a comment, so that it takes a person to say yes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from avtal.reading.mapping import FileMapping
from avtal.reading.matching import Headings, names_of, near, near_facts
from interpreter.facts import Fact


def section(file: str, fact: Fact | None, headings: Sequence[str], mapping: FileMapping, facts: Sequence[Fact]) -> str:
    """The lines of a `[[file]]` section.

    Args:
        file: the file's name.
        fact: its fact; `None` when it is not known.
        headings: the file's headings.
        mapping: what the mapping says of it already.
        facts: the facts to choose from.
    """
    lines = ["[[file]]", f"name = {_quoted(file)}"]
    if fact is None:
        guesses = near_facts(file.rpartition(".")[0], facts) or [f.name for f in facts][:5]
        lines.append(f"# fact = {_quoted(guesses[0]) if guesses else '…'}    # {', '.join(guesses)}?")
        return "\n".join(lines) + "\n"
    lines.append(f"fact = {_quoted(fact.name)}")
    names = Headings(fact, mapping)
    shown = [heading for heading in headings if heading and len(heading) <= 100]
    unknown = [heading for heading in shown if not names.known(heading)]
    if mapping.ignore:
        lines.append(f"ignore = [{', '.join(map(_quoted, mapping.ignore))}]")
    lines.append("[file.columns]")
    taken = set()
    for heading in shown:
        column = None if names.ignored(heading) else names.column(heading)
        if column is not None:
            taken.add(column.name)
            lines.append(f"{_quoted(heading)} = {_quoted(column.name)}")
    free = [column for column in fact.columns if column.name not in taken]
    for heading in unknown:
        guesses = near(heading, [name for column in free for name in names_of(column)]) or [c.name for c in free][:5]
        first = _quoted(guesses[0]) if guesses else '"…"'
        lines.append(f"# {_quoted(heading)} = {first}    # {', '.join(guesses) or 'ignore'}?")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """`text` as a TOML basic string: JSON's escapes are TOML's, and what doesn't print is escaped too."""
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain)
