"""A library module without what a contract does not use: other forms, and the worked examples of all.

Most of a library is forms that one contract never names, and examples that prove the library, not the contract. Leaving
them unread halves the time of `avtal check`. Nothing else depends on them but the suggestions in messages, so a text
with any problem is analysed again with the whole library (`interpreter.pipeline.analyse`).

Assumes: the module is sound on its own, which the library's tests see to. Guarantees: what is left stands where it
stood; every form that the words name, in either language, is left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from dsl.layout import normal
from dsl.lexicon import KEYWORDS

_USE = re.compile(rf"^(?:{'|'.join(KEYWORDS['USE'])}) ([^#\n]+)", re.MULTILINE)
_WORD = re.compile("[0-9A-Za-zåäöÅÄÖéÉ_]+")
_FORM = re.compile(rf"(?:{'|'.join(KEYWORDS['FORM'])}) +(\w+)(?: *\( *(\w+) *\))?")
_EXAMPLE = re.compile(rf"  (?:{'|'.join(KEYWORDS['EXAMPLE'])}) ")


def few(text: str, beside: Mapping[str, str], library: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The library modules that a contract uses: each with its text, and the text that is to be read.

    Args:
        text: the contract's.
        beside: the modules in its folder, name → text.
        library: those of the library.
    """
    own, modules = reached(text, beside, library)
    words = used(own, modules.values())
    return {name: (module, lean(module, words)) for name, module in modules.items()}


def reached(text: str, beside: Mapping[str, str], library: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The texts of a contract's folder that it uses, itself among them, and the library modules by name."""
    own = [text]
    modules: dict[str, str] = {}
    seen: set[str] = set()
    waiting = [text]
    while waiting:
        for names in _USE.findall(waiting.pop()):
            for name in _WORD.findall(names):
                if name not in seen and name in beside:
                    own.append(beside[name])
                    waiting.append(beside[name])
                elif name not in seen and name in library:
                    modules[name] = normal(library[name])
                    waiting.append(modules[name])
                seen.add(name)
    return own, modules


def used(texts: Iterable[str], modules: Iterable[str]) -> set[str]:
    """The words of a contract's own texts, and of all but the forms of library modules."""
    words = {word for text in texts for word in _WORD.findall(text)}
    for module in modules:
        for line, name, _ in _lines(module):
            if not name:
                words.update(_WORD.findall(line))
    return words


def lean(module: str, words: Collection[str]) -> str:
    """A module's text with blanks for the examples of its forms, and for each form that no word names."""
    kept = []
    dropped = ""
    for line, name, example in _lines(module):
        if name:
            found = _FORM.match(line)
            if found is not None:
                dropped = "" if found[1] in words or found[2] in words else name
        blank = (example or (name and dropped == name)) and not line.startswith("#")
        kept.append(" " * len(line) if blank else line)
    return "\n".join(kept)


def _lines(module: str) -> Iterator[tuple[str, str, bool]]:
    """Each line with the form that it belongs to (empty outside forms), and whether it belongs to a form's example."""
    name, example = "", False
    for line in module.split("\n"):
        if line[:1] not in ("", " ", "#"):
            found = _FORM.match(line)
            name, example = found[1] if found else "", False
        elif name and line.startswith("  ") and line[2:3] not in ("", " "):
            example = _EXAMPLE.match(line) is not None
        yield line, name, example
