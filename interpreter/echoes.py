"""One mistake, one message: problems that only follow from a line that is reported already are left out.

Assumes: every problem is found. Guarantees: a line that has to be mended keeps a message of its own; what is left out
goes away with it, or is found when it is mended.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from attrs import frozen

from dsl import nodes as n, problems as written
from dsl.diagnostics import Diagnostic
from dsl.lexicon import KEYWORDS, NAMES
from interpreter import problems
from interpreter.names import split_path

_NAMES = frozenset(
    p.code
    for p in (
        problems.UNKNOWN_NAME,
        problems.UNKNOWN_FACT,
        problems.UNKNOWN_FORM,
        problems.UNKNOWN_INDICATOR,
        problems.UNKNOWN_CLAUSE,
        problems.UNKNOWN_UNIT,
    )
)
"""What is said of a name that nothing bears."""

_DECLARED = _NAMES - {problems.UNKNOWN_FORM.code, problems.UNKNOWN_UNIT.code}
"""What is said of a name that a line of the contract should have given."""

_KEYS = frozenset(
    p.code
    for p in (
        problems.ARGUMENT_MISSING,
        problems.NOT_POSITIONAL,
        problems.UNKNOWN_KEYWORD,
        problems.UNKNOWN_FORM,
        problems.TERM_SHAPE,
        problems.MISPLACED,
    )
)
"""What is said of a clause or an indicator whose key can't be told, or may be another than was meant."""

_KEYED = frozenset(p.code for p in (problems.UNKNOWN_CLAUSE, problems.UNKNOWN_INDICATOR))
"""What is said of a key that no clause or indicator has."""

_SIZES = frozenset(p.code for p in (written.TOO_WRONG, written.TOO_MANY, written.TOO_LARGE))
"""What is said of a text as a whole, at the line where it is given up."""

_DECLARING = "|".join(
    spelling
    for word in ("SUBTOTAL", "LET", "TABLE", "INDEX", "FACT", "FORM", "MODEL", "UNIT")
    for spelling in KEYWORDS[word]
)
_NAMELESS = re.compile(rf"\s*(?:{_DECLARING})\s*(?![\s\w])")
"""A line that declares something whose name is not there."""

_STARTS = frozenset(("|", '"…"', *(spelling for spellings in KEYWORDS.values() for spelling in spellings)))
"""What a line of the language's own may begin with: several of one kind below each other are one mistake."""

_HEADS = ("contract", NAMES["contract"], '"')
_USE = KEYWORDS["USE"]
_WORDS = re.compile(r"\w+")
_TEXTS = re.compile('"([^"]*)"?')


@frozen
class _Unread:
    """Lines of one file that can't be understood as they stand.

    Args:
        words: the words and quoted texts of the lines that can't be read.
        keys: those of lines with a key that can't be told; `heads` the first word, `starts` the start of each.
        misplaced: the first words of lines that stand where they can't, with where they start.
        indented: where the lines start whose indentation fits nothing.
        nameless: whether one declares something, or is a clause, without a name.
        useless: whether one says which modules are used.
        formless: whether one may be the use of a model.
        beheaded: whether one belongs to the contract's head, with what stands below it, and is not indented.
        headless: whether one may be the line that starts the contract.
    """

    words: frozenset[str]
    keys: frozenset[str]
    heads: frozenset[str]
    starts: frozenset[int]
    misplaced: frozenset[tuple[str, int]]
    indented: frozenset[int]
    nameless: bool
    useless: bool
    formless: bool
    beheaded: bool
    headless: bool


def without_echoes(found: Sequence[Diagnostic], modules: Sequence[n.Module], forms: Container[str]) -> list[Diagnostic]:
    """The problems in the order of their places, without those that only follow from another.

    Args:
        found: all of them, in any order.
        modules: the files that they stand in.
        forms: the names of the forms that are known.
    """
    texts = {module.file: module.text for module in modules}
    unread = {module.file: _unread(module, found) for module in modules}
    blocks = dict(_blocks(modules)) if any(d.code == problems.ARGUMENT_MISSING.code for d in found) else {}
    kept: list[Diagnostic] = []
    below: tuple[str, int, str, str] | None = None
    for d in sorted(found, key=lambda d: (d.span, d.code)):
        text, own = texts[d.span.file], unread[d.span.file]
        start = _line_start(text, d.span.start)
        if d.code == problems.ARGUMENT_MISSING.code:
            first, last = blocks[d.span.file, int(d.arguments["clause"])]
            echo = any(name == d.arguments["name"] and first <= at < last for name, at in own.misplaced)
        elif d.code == problems.MISPLACED.code:
            kind = d.arguments["name"] if d.arguments["name"] in _STARTS else ""
            echo = (d.span.file, start, d.arguments["of"], kind) == below or start in own.indented
            below = (d.span.file, _line_end(text, start) + 1, d.arguments["of"], kind)
        else:
            echo = _follows(d, start, own, forms)
        if not echo:
            kept.append(d)
    return _joined(kept)


def _joined(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The problems, all that one clause lacks told by one of them."""
    lacking: dict[tuple[str, str], list[Diagnostic]] = {}
    for d in found:
        if d.code == problems.ARGUMENT_MISSING.code:
            lacking.setdefault((d.span.file, d.arguments["clause"]), []).append(d)
    several = {id(parts[0]): _together(parts) for parts in lacking.values() if len(parts) > 1}
    rest = {id(d) for parts in lacking.values() for d in parts[1:]}
    return [several.get(id(d), d) for d in found if id(d) not in rest]


def _together(lacking: Sequence[Diagnostic]) -> Diagnostic:
    """One problem for several arguments that a clause lacks, in the order of its form."""
    parts = sorted(lacking, key=lambda d: int(d.arguments["order"]))
    told = {of: [d.arguments[of] for d in parts] for of in ("lacks_en", "lacks_sv", "example")}
    first, *others = dict.fromkeys(d.span for d in lacking)
    return problems.ARGUMENT_MISSING.at(
        first,
        *others,
        form=parts[0].arguments["form"],
        lacks_en=f"{', '.join(told['lacks_en'][:-1])} and {told['lacks_en'][-1]}",
        lacks_sv=f"{', '.join(told['lacks_sv'][:-1])} och {told['lacks_sv'][-1]}",
        it_en="them",
        it_sv="dem",
        example=" ".join(told["example"]),
    )


def _follows(d: Diagnostic, start: int, own: _Unread, forms: Container[str]) -> bool:
    """Whether a problem goes away when a line that can't be read is mended."""
    if d.code == problems.NO_CONTRACT.code:
        return own.headless
    if d.code == problems.TERM_MISSING.code:
        return own.beheaded
    if d.code not in _NAMES:
        return False
    guessed = bool(d.arguments.get("suggestion"))
    if not guessed and (own.useless or (own.nameless and d.code in _DECLARED)):
        return True
    form, label = split_path(d.arguments["name"])[-1]
    if (label or form) in own.words:
        return True
    if start in own.starts:
        return False
    if own.formless and not guessed and d.code == problems.UNKNOWN_CLAUSE.code and form in forms:
        return True
    return form in own.heads or (d.code in _KEYED and (label or form) in own.keys)


def _unread(module: n.Module, found: Iterable[Diagnostic]) -> _Unread:
    wrong: dict[int, set[str]] = {}
    misplaced: set[tuple[str, int]] = set()
    for d in found:
        if d.span.file == module.file and d.is_error:
            misplaced |= {(d.arguments["name"], d.span.start)} if d.code == problems.MISPLACED.code else set()
            wrong.setdefault(_line_start(module.text, d.span.start), set()).add(d.code)
    lines = {start: module.text[start : _line_end(module.text, start)] for start in wrong}
    unread = [start for start, codes in wrong.items() if any(code < "AV1" for code in codes - _SIZES)]
    bad = [*_bad_lines(module.text, module.lines), *(lines[start] for start in unread)]
    starts = frozenset(start for start, codes in wrong.items() if codes & _KEYS)
    keys = [lines[start] for start in starts]
    said = frozenset(code for codes in wrong.values() for code in codes)
    return _Unread(
        words=frozenset(word for line in bad for word in _words(line)),
        keys=frozenset(word for line in keys for word in _words(line)),
        heads=frozenset(word for line in keys for word in _WORDS.findall(line)[:1]),
        starts=starts,
        indented=frozenset(start for start, codes in wrong.items() if written.INDENTATION.code in codes),
        misplaced=frozenset(misplaced),
        nameless=written.TEXT_FIRST.code in said or any(map(_NAMELESS.match, bad)),
        useless=problems.UNKNOWN_MODULE.code in said
        or any(name in _USE for name, _ in misplaced)
        or any(ln.startswith(_USE) for ln in bad),
        formless=problems.UNKNOWN_FORM.code in said,
        beheaded=any(d.arguments.get("belongs") == "contract" for d in found if d.span.file == module.file),
        headless=any(line.startswith(_HEADS) for line in bad),
    )


def _blocks(modules: Iterable[n.Module]) -> Iterator[tuple[tuple[str, int], tuple[int, int]]]:
    """Where each line starts → the characters from there to the end of what is indented below it."""
    for module in modules:
        stack = [*module.lines]
        while stack:
            line = stack.pop()
            stack += line.block
            last = line
            while last.block:
                last = last.block[-1]
            yield (module.file, line.span.start), (line.span.start, last.span.end)


def _bad_lines(text: str, lines: Sequence[n.Line]) -> Iterator[str]:
    """The lines that can't be read, and all that stands below them."""
    stack = [(line, False) for line in lines]
    while stack:
        line, below = stack.pop()
        bad = below or isinstance(line.statement, n.BadLine) or (isinstance(line.statement, n.Sentence) and line.block)
        stack.extend((inner, bool(bad)) for inner in line.block)
        if bad:
            yield text[line.span.start : line.span.end]


def _words(line: str) -> Iterator[str]:
    yield from _WORDS.findall(line)
    yield from _TEXTS.findall(line)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
