"""Contracts that have not changed, kept compiled in the user's cache folder.

An entry is found by what it was made from: the installation, the contract's text, and each module and table of its
folder that the analysis asked for, those that were not there included. Only contracts without errors are kept.

Guarantees: what is found means what compiling would give, for it was compiled from the same texts; an entry that does
not read as a program, whole, is as if it were not there.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from avtal.cache import Folder, opened, place
from avtal.engine import installation
from avtal.errors import UnreadableError
from avtal.sources import (
    LARGEST_TABLE,
    LIBRARY,
    SUFFIX,
    Hashes,
    digest,
    inside,
    read_bytes,
    read_text,
    sources,
)
from dsl.diagnostics import Diagnostic, Problem, Severity
from dsl.limits import MAX_BYTES
from dsl.spans import Span
from interpreter import core
from interpreter.figures import Figures
from interpreter.moulds import Mould
from interpreter.plain import ForgedError
from interpreter.store import cast, decode, decode_as, encode, encode_as, figures_in, mould_of

_USES = "tuple[tuple[Span, tuple[str, str]], ...]"
_FOUND = "tuple[tuple[str, Span, dict[str, str], tuple[Span, ...]], ...]"
_UNITS = "dict[str, tuple[str, str]]"

Units = Mapping[str, tuple[str, str]]


class Texts(Mapping[str, str]):
    """The texts of a contract by name, each read when it is asked for: few settlements show a place."""

    def __init__(self, read: Mapping[str, bytes], library: Iterable[str]) -> None:
        self._read = dict(read)
        self._library = {f"stdlib_rules/{name}": name for name in library}
        self._texts: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._texts:
            from dsl.layout import normal

            data = self._read[name] if name in self._read else (LIBRARY / self._library[name]).read_bytes()
            self._texts[name] = normal(data.decode("utf-8"))
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._read, *self._library))

    def __len__(self) -> int:
        return len(self._read) + len(self._library)


class Uses(Mapping[Span, tuple[str, str]]):
    """The two spellings of names by place, read when one is asked for: few settlements show an expression.

    Args:
        find: gives them as `encode_as` wrote them.
        main: the contract's own file.
        again: works them out from the texts, where what was written is not there any more.
    """

    def __init__(self, find: Callable[[], str], main: str, again: Callable[[], Mapping[Span, tuple[str, str]]]) -> None:
        self._find = find
        self._main = main
        self._again = again
        self._known: dict[Span, tuple[str, str]] | None = None

    def _uses(self) -> dict[Span, tuple[str, str]]:
        if self._known is None:
            try:
                self._known = dict(decode_as(_USES, self._find(), self._main))
            except ForgedError:
                self._known = dict(self._again())
        return self._known

    def __getitem__(self, place: Span) -> tuple[str, str]:
        return self._uses()[place]

    def __iter__(self) -> Iterator[Span]:
        return iter(self._uses())

    def __len__(self) -> int:
        return len(self._uses())


class Compiled:
    """What is kept of a contract without errors.

    Args:
        program: without its worked examples, which are run from the text.
        diagnostics: its warnings.
        units: the two names of each unit that it declares.
        texts: its texts by name, its own first.
        uses: the two spellings of names.
    """

    def __init__(
        self, program: core.Program, diagnostics: tuple[Diagnostic, ...], units: Units, texts: Texts, uses: Uses
    ) -> None:
        self.program = program
        self.diagnostics = diagnostics
        self.units = units
        self.texts = texts
        self.uses = uses

    @property
    def sound(self) -> bool:
        """That nothing stands in the way of settling: only such a contract is kept."""
        return True

    @property
    def language(self) -> str:
        """The vocabulary that it is written in."""
        return self.program.language


class _Shared:
    """What contracts of one making have in common.

    Args:
        library: the SHA-256 of each module of the library that they use.
        units: the two names of each unit that they declare.
        mould: what they are made of.
    """

    def __init__(self, library: dict[str, str], units: Units, mould: Mould) -> None:
        self.library = library
        self.units = units
        self.mould = mould


class Shelf:
    """The compiled contracts of a cache folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._parts: dict[str, object] = {}
        self._shared: dict[str, _Shared] = {}
        self._library: dict[str, tuple[tuple[int, int, int], str]] = {}

    def find(self, file: Path, hashes: Hashes) -> Compiled | None:
        """The contract of a file, if it and all that it uses are as they were when it was kept.

        Args:
            file: the contract.
            hashes: filled with what it was made from, when it is found.

        Raises:
            UnreadableError: the file can't be read.
        """
        text = read_text(file)[1]
        try:
            return self._found(file, text, hashes)
        except (ForgedError, UnreadableError, OSError):
            return None

    def knows(self, file: Path) -> bool:
        """Whether something is kept of a contract of that text, which may be of other files beside it."""
        try:
            return self._folder.has(_name(digest(read_text(file)[1])))
        except UnreadableError:
            return False

    def _found(self, file: Path, text: bytes, hashes: Hashes) -> Compiled | None:
        main = digest(text)
        entry = self._entry(_name(main))
        if entry is None:
            return None
        made, texts = _now(file, entry.made)
        if made != entry.made:
            entry = self._entry(_name(main, made))
            if entry is None or made != entry.made:
                return None
        figures = figures_in(entry.figures)
        known_before = entry.shared in self._shared
        shared = self._in_common(entry.shared, figures, str(file))
        if any(self._library_hash(name) != sha for name, sha in shared.library.items()):
            return None
        program = cast(shared.mould, str(file), figures) if known_before else shared.mould.first
        diagnostics = tuple(_diagnostic(*each) for each in decode_as(_FOUND, entry.found, str(file)))
        hashes.text[file.name] = main
        hashes.text.update({name: sha for name, sha in made.items() if sha})
        hashes.library.update(shared.library)
        known = Texts({str(file): text, **texts}, shared.library)
        uses = Uses(lambda: self._believed("uses", entry.uses), str(file), lambda: self._uses_again(file))
        return Compiled(program, diagnostics, shared.units, known, uses)

    def _uses_again(self, file: Path) -> Mapping[Span, tuple[str, str]]:
        """The spellings of a contract's names, from its texts, and kept anew."""
        from interpreter.pipeline import analyse

        found = analyse(sources(file, Hashes())).uses
        self._keep_uses(file, found)
        return found

    def _keep_uses(self, file: Path, uses: Mapping[Span, tuple[str, str]]) -> str:
        return self._keep("uses", encode_as(_USES, list(uses.items()), str(file)))

    def keep(
        self,
        file: Path,
        hashes: Hashes,
        program: core.Program,
        diagnostics: Iterable[Diagnostic],
        units: Units,
        uses: Mapping[Span, tuple[str, str]],
    ) -> None:
        """Keep a contract without errors.

        Args:
            file: the contract.
            hashes: what it was made from.
            program, diagnostics, units, uses: those of `Compiled`.
        """
        main = hashes.text[file.name]
        made = {f"{name}{SUFFIX}": "" for name in sorted(hashes.asked)}
        made |= {name: sha for name, sha in sorted(hashes.text.items()) if name != file.name}
        name = _name(main)
        other = self._entry(name)
        if other is not None and other.made != made and other.made.keys() == made.keys():
            name = _name(main, made)  # the same text with other tables beside it
        stored = encode(program, str(file))
        shared = {
            "library": hashes.library,
            "parts": [self._keep("part", text) for text in stored.parts],
            "units": encode_as(_UNITS, units, str(file)),
        }
        told = [(d.code, d.span, d.arguments, d.others) for d in diagnostics]
        head = {
            "made": made,
            "shared": self._keep("mould", f"{json.dumps(shared, ensure_ascii=False)}\n{stored.mould}"),
            "uses": self._keep_uses(file, uses),
            "found": encode_as(_FOUND, told, str(file)),
        }
        self._folder.write(name, f"{json.dumps(head, ensure_ascii=False)}\n{stored.figures}".encode())

    def _entry(self, name: str) -> _Entry | None:
        body = self._folder.read(name)
        try:
            return _Entry(body) if body is not None else None
        except ForgedError:
            return None

    def _library_hash(self, name: str) -> str:
        """The SHA-256 of a module of the library as it is now: a program that goes on may see it change."""
        found = os.stat(f"{LIBRARY}/{name}")  # noqa: PTH116  (asked of each contract of a folder)
        stamp = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._library.get(name)
        if known is None or known[0] != stamp:
            known = self._library[name] = (stamp, digest(read_bytes(inside(LIBRARY, name), LARGEST_TABLE)))
        return known[1]

    def _believed(self, kind: str, sha: str) -> str:
        """What is kept under its own hash.

        Raises:
            ForgedError: it is not there.
        """
        body = self._folder.read(f"{kind}-{sha}")
        if body is None or digest(body) != sha:
            raise ForgedError
        return body.decode("utf-8")

    def _keep(self, kind: str, text: str) -> str:
        """Keep something under its own hash, which is returned."""
        body = text.encode()
        sha = digest(body)
        if self._folder.read(f"{kind}-{sha}") != body:
            self._folder.write(f"{kind}-{sha}", body)
        return sha

    def _in_common(self, sha: str, figures: Figures, main: str) -> _Shared:
        """What a contract with such figures, which may be the first, has in common with others."""
        if sha not in self._shared:
            try:
                head, mould = self._believed("mould", sha).split("\n")
                found = json.loads(head)
                names = _texts({f"{at}": name for at, name in enumerate(found["parts"])}).values()
                parts = [self._part(name) for name in names]  # two of them may be one text
                units = decode_as(_UNITS, found["units"], "")
                made = mould_of(mould, parts, figures, main)
                self._shared[sha] = _Shared(_texts(found["library"]), units, made)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ForgedError from error
        return self._shared[sha]

    def _part(self, sha: str) -> object:
        if sha not in self._parts:
            self._parts[sha] = decode(self._believed("part", sha), "")
        return self._parts[sha]


class _Entry:
    """An entry.

    Raises:
        ForgedError: it is none.
    """

    def __init__(self, body: bytes) -> None:
        try:
            head, self.figures = body.decode("utf-8").split("\n")
            found = json.loads(head)
            self.made = _texts(found["made"])
            told = {name: found[name] for name in ("shared", "uses", "found")}
            self.shared, self.uses, self.found = _texts(told).values()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ForgedError from error


def _texts(found: Any) -> dict[str, str]:
    if not all(type(name) is str and type(text) is str for name, text in found.items()):
        raise ForgedError
    return dict(found)


def _name(main: str, made: Mapping[str, str] | None = None) -> str:
    """Where a contract lies: by its text alone, or also by what it was made from."""
    beside = [part for named in sorted((made or {}).items()) for part in named]
    key = "\0".join((installation(), sys.version, sys.byteorder, main, *beside))  # no name of a file has that sign
    return f"contract-{sha256(key.encode()).hexdigest()}"


def _now(file: Path, names: Iterable[str]) -> tuple[dict[str, str], dict[str, bytes]]:
    """What now lies beside a contract under some names: its SHA-256, empty where there is nothing; and the modules.

    Raises:
        UnreadableError: something of that name can't be read.
    """
    folder = file.parent
    there = {entry.name: entry.is_symlink() for entry in os.scandir(folder) if entry.name != file.name}
    made, texts = dict.fromkeys(names, ""), {}
    for name in made:
        if name in there:
            module = name.endswith(SUFFIX)
            path = inside(folder, name) if there[name] else f"{folder}/{name}"
            data = read_bytes(path, (MAX_BYTES if module else LARGEST_TABLE) + 1)
            made[name] = digest(data)
            if module:
                texts[name] = data
    return made, texts


def _diagnostic(code: str, span: Span, arguments: Mapping[str, str], others: tuple[Span, ...]) -> Diagnostic:
    problem = _problems().get(code)
    if problem is None or problem.severity is Severity.ERROR:
        raise ForgedError
    return Diagnostic(problem, span, arguments, others)


@cache
def _problems() -> dict[str, Problem]:
    from dsl import problems as of_texts
    from interpreter import problems as of_meaning

    every = (*vars(of_texts).values(), *vars(of_meaning).values())
    return {thing.code: thing for thing in every if isinstance(thing, Problem)}


def shelf() -> Shelf | None:
    """The compiled contracts of the user's cache folder; `None` where there is to be no such folder."""
    return shelf_at(place())


@cache
def shelf_at(path: str) -> Shelf | None:
    """The compiled contracts of a folder."""
    folder = opened(path)
    return Shelf(folder) if folder is not None else None
