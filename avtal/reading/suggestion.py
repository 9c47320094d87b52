"""A section of `mapping.toml` to start from, for a file whose name or headings were not recognised.

Guarantees: what is written is valid TOML, and a guess is only ever a comment, so that it takes a person to say yes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from avtal.reading.folding import fold
from avtal.reading.mapping import FileMapping
from avtal.reading.matching import Headings, names_of, near, near_facts, split_unit
from interpreter.facts import Column, Fact


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
    names = Headings(fact, mapping)
    swedish = _swedish(names, headings)
    lines.append(f"fact = {_quoted(_called(fact, swedish=swedish))}")
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
            lines.append(f"{_quoted(heading)} = {_quoted(_called(column, swedish=swedish))}")
    free = sorted((column for column in fact.columns if column.name not in taken), key=lambda column: column.optional)
    for heading in unknown:
        guesses = (
            near(heading, [name for column in free for name in names_of(column)])
            or [_called(column, swedish=swedish) for column in free][:5]
        )
        first = _quoted(guesses[0]) if guesses else '"…"'
        lines.append(f"# {_quoted(heading)} = {first}    # {', '.join(guesses) or 'ignore'}?")
    return "\n".join(lines) + "\n"


def _swedish(names: Headings, headings: Sequence[str]) -> bool:
    """Whether a heading is the Swedish name of its column."""
    columns = [(fold(split_unit(heading)[0]), names.column(heading)) for heading in headings]
    return any(c is not None and form == fold(c.swedish) != fold(c.name) for form, c in columns)


def _called(thing: Fact | Column, *, swedish: bool) -> str:
    """A fact or column by its name in one language."""
    return (swedish and thing.swedish) or thing.name


def _quoted(text: str) -> str:
    """`text` as a TOML basic string: JSON's escapes are TOML's, and what doesn't print is escaped too."""
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain)
