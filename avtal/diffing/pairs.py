"""What `avtal diff` is to compare: two paths, `REV:path`, or two revisions of what lies in a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from attrs import field, frozen

from avtal.contract import Contract, load
from avtal.diffing.git import Revision, changed, commit, from_top
from avtal.errors import UnreadableError
from avtal.sources import CONTRACT, contracts


@frozen
class Pair:
    """A contract before and after.

    Args:
        name: what it is called: its folder or file.
        old, new: read either; `None` where there is none.
        data: the folder with data beside the new contract, or beside the old one; `None` where there is none.
        files: those of the two.
    """

    name: str
    old: Callable[[], Contract] | None
    new: Callable[[], Contract] | None
    data: Path | None
    files: tuple[Path, ...]


@frozen
class Side:
    """One of the two sides that were asked for: its contracts, by a name that both sides share.

    Args:
        files: name → what gives the file of the contract.
        rules: the library that its contracts are read with; the installed one when `None`.
    """

    files: dict[str, Callable[[], Path]]
    rules: Path | None = None
    single: bool = field(default=False)


def sides(old: str, new: str, into: Path, rules: tuple[Path | None, Path | None], language: str) -> list[Pair]:
    """The contracts of two paths, or `REV:path`s.

    Args:
        old, new: as on the command line.
        into: a folder for what is read out of git.
        rules: the libraries to read them with.
        language: of reasons inside problems.
    """
    found = [_side(one, into, own) for one, own in zip((old, new), rules, strict=True)]
    if all(side.single for side in found):
        names = [next(iter(side.files)) for side in found]
        found[0] = Side({names[1]: found[0].files[names[0]]}, found[0].rules)
    return list(_paired(found, language))


def revisions(old: str, new: str, paths: Sequence[str], into: Path, language: str) -> list[Pair]:
    """The contracts of two revisions, at or below some paths; without paths, those whose folder was changed."""
    both = [Revision(name, commit(name), into) for name in (old, new)]
    asked = [from_top(path) for path in paths] or [""]
    names = dict.fromkeys(name for path in asked for one in both for name in one.contracts(path))
    if not names and paths:
        raise UnreadableError(
            f"Varken {old} eller {new} har något avtal i {', '.join(paths)}.",
            f"Neither {old} nor {new} has a contract in {', '.join(paths)}.",
        )
    rules = [one.library() for one in both]
    if not paths:
        folders = {str(PurePosixPath(file).parent) for file in changed(both[0].commit, both[1].commit)}
        library = "stdlib_rules" in folders
        names = dict.fromkeys(name for name in names if library or str(PurePosixPath(name).parent) in folders)
    found = []
    for one, own in zip(both, rules, strict=True):
        files: dict[str, Callable[[], Path]] = {}
        for name in names:
            path = one.put(name, data=True)
            if path is not None:
                files[name] = partial(_same, path)
        found.append(Side(files, own))
    return list(_paired(found, language))


def _same(path: Path) -> Path:
    return path


def _side(asked: str, into: Path, rules: Path | None) -> Side:
    """The contracts of a path, or of `REV:path`."""
    revision, colon, path = asked.partition(":")
    if colon and revision and not Path(asked).exists() and len(revision) > 1:
        one = Revision(revision, commit(revision), into)
        own = from_top(path)
        names = one.contracts(own)
        if not names:
            raise UnreadableError(f"{revision} har inget avtal i {path}.", f"{revision} has no contract in {path}.")
        put = {name: one.put(name, data=True) for name in names}
        files = {_called(name, own): partial(_same, at) for name, at in put.items() if at is not None}
        return Side({**files}, rules or one.library(), single=len(files) == 1)
    found = contracts(Path(asked))
    return Side({_beside(file, Path(asked)): partial(_same, file) for file in found}, rules, single=len(found) == 1)


def _called(name: str, path: str) -> str:
    inner = PurePosixPath(name).relative_to(path) if path and name != path else PurePosixPath(name)
    return str(inner.parent) if inner.name == CONTRACT and len(inner.parts) > 1 else inner.name


def _beside(file: Path, asked: Path) -> str:
    return file.parent.name if file.name == CONTRACT and file.parent != asked else file.name


def _paired(found: Sequence[Side], language: str) -> Iterator[Pair]:
    old, new = found
    for name in dict.fromkeys((*new.files, *old.files)):
        files = [side.files[name]() if name in side.files else None for side in (old, new)]
        read = [
            partial(load, file, language=language, library=side.rules) if file is not None else None
            for file, side in zip(files, (old, new), strict=True)
        ]
        there = tuple(file for file in reversed(files) if file is not None)
        beside = (file.parent / "data" for file in there)
        yield Pair(name, read[0], read[1], next((folder for folder in beside if folder.is_dir()), None), there)
