"""A snapshot made, or made anew: by a child process, in a folder beside its place, and put there when it is whole."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from avtal.engines import manifest
from avtal.engines.definitions import plain_fact
from avtal.engines.in_use import remove, used
from avtal.engines.manifest import ROWS
from avtal.engines.snapshot import FOLDER, ElsewhereError, Group, Results, known, usable
from avtal.reading.child import StoppedError, messages
from avtal.reading.folders import Source
from avtal.reading.places import Database
from avtal.reading.problems import DataProblem
from avtal.reading.read import FileRead, Progress
from interpreter.facts import Fact
from interpreter.sets.relation import EngineError

MOST_KEPT = 32
"""The most snapshots that are kept beside a folder of data; more only when one data set has more facts."""

BUILD_MEMORY = 350 << 20
CHILD_MEMORY = 4 << 30
_SECONDS, _SECONDS_PER_MB = 600, 1
_STALE_SECONDS = 24 * 3600
_OURS = re.compile(r"(?:tmp-)?[a-z0-9_]{1,40}-[a-z0-9_]{1,32}")


def build(
    paths: Sequence[Path | Database],
    mapping: Path | None,
    facts: Sequence[Fact],
    found: Sequence[Source],
    groups: Sequence[Group],
    places: Sequence[int],
    keep: bool,  # noqa: FBT001
    threads: int | None,
    progress: Progress,
    stack: ExitStack,
) -> Results:
    """Have a child build snapshots, and put those that are whole where they belong.

    Where nothing can be written beside the data, as on a full disk, they are built in a temporary folder.

    Raises:
        EngineError: the data don't fit, or the engine could not.
    """
    given = (paths, mapping, facts, found, groups, places)
    beside = [group for group in groups if keep and group.lasting and usable(group.home)]
    with ExitStack() as first:
        try:
            results = _build(*given, keep, threads, progress, first)
        except ElsewhereError:
            if not beside:
                raise
        else:
            stack.push(first.pop_all())
            return results
    return _build(*given, False, threads, progress, stack)  # noqa: FBT003


def _build(
    paths: Sequence[Path | Database],
    mapping: Path | None,
    facts: Sequence[Fact],
    found: Sequence[Source],
    groups: Sequence[Group],
    places: Sequence[int],
    keep: bool,  # noqa: FBT001
    threads: int | None,
    progress: Progress,
    stack: ExitStack,
) -> Results:
    mine = [found[place] for place in places]
    temporary = {group.fact.name: _temporary(group, found, stack, keep=keep) for group in groups}
    work = Path(stack.enter_context(_removed(next(iter(temporary.values()), None))))
    request = {
        "facts": [plain_fact(fact) for fact in facts],
        "paths": [[path.url, path.table] if isinstance(path, Database) else str(path.absolute()) for path in paths],
        "mapping": str(mapping.absolute()) if mapping else "",
        "places": list(places),
        "build": {group.fact.name: {"key": group.key, "folder": str(temporary[group.fact.name])} for group in groups},
        "work": str(work),
        "engine_memory": BUILD_MEMORY,
        "threads": threads,
    }
    seconds = _SECONDS + _SECONDS_PER_MB * sum(_size(source) for source in mine) / 1e6
    results = Results()
    try:
        for message in messages(
            str(Path(__file__).parent / "worker_snapshot"), request, seconds=seconds, memory=CHILD_MEMORY
        ):
            _note(message, found, results, progress)
    except StoppedError:
        for place, source in zip(places, mine, strict=True):
            if place not in results.files:
                results.problems[place] = [DataProblem(code="AVD45", file=source.name)]
    for group in groups:
        if group.fact.name in results.built:
            _settle(group, temporary[group.fact.name], stack)
    return results


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


def _note(message: Mapping[str, Any], found: Sequence[Source], results: Results, progress: Progress) -> None:
    """Take up one message of the child."""
    if "progress" in message:
        name, done, of = message["progress"]
        progress(str(name), int(done), int(of))
    elif "unfit" in message:
        raise (ElsewhereError if message.get("elsewhere") else EngineError)(str(message["unfit"]))
    elif "built" in message:
        results.built.append(message["built"])
    else:
        place = message["file"]
        results.problems[place] = [_problem(plain) for plain in message["problems"]]
        results.twice[place] = [_problem(plain) for plain in message["twice"]]
        told = message["sha256"], message["fact"], message["rows"]
        results.files[place] = FileRead(found[place].name, *told, found[place].lies)
        results.suggestions[place] = message["suggestion"]


def _problem(plain: Mapping[str, Any]) -> DataProblem:
    return DataProblem(**{**plain, "args": tuple((name, text) for name, text in plain["args"])})


def _temporary(group: Group, found: Sequence[Source], stack: ExitStack, *, keep: bool) -> Path:
    """A folder to build in: where the snapshot is to be kept if it can be, else one that goes when all is closed."""
    if keep and group.lasting and usable(group.home):
        mode = _mode([found[place].path for place in group.places])
        with suppress(OSError):
            _make(group.home)
            folder = Path(tempfile.mkdtemp(prefix="tmp-", suffix=f"-{os.getpid()}", dir=group.home))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(mode)
            return folder
    group.home = Path(tempfile.mkdtemp(prefix="avtal-"))
    stack.callback(shutil.rmtree, group.home, ignore_errors=True)
    folder = group.home / "build"
    folder.mkdir(mode=0o700)
    return folder


def _make(home: Path) -> None:
    """Make a folder of snapshots where there is none, into which those may write who may write beside it."""
    with suppress(FileExistsError):
        home.mkdir(mode=0o755 | (home.parent.stat().st_mode & 0o022))
        if not usable(home):
            home.chmod(0o755)
    # What lies there under this name already, perhaps a link, stays.
    only_new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with suppress(OSError), os.fdopen(os.open(home / ".gitignore", only_new, 0o666), "wb") as file:
        file.write(b"*\n")


def _mode(files: Sequence[Path]) -> int:
    """The permissions of a folder for data that come from these files: who may read each of them may read it."""
    mode = 0o777
    for file in files:
        mode &= stat.S_IMODE(file.stat().st_mode)
    return 0o700 | (mode & 0o044) | ((mode & 0o044) >> 2)


@contextmanager
def _removed(beside: Path | None) -> Iterator[str]:
    """A folder for what lies between files and snapshot, beside the snapshot where there is one."""
    folder = tempfile.mkdtemp(prefix="avtal-") if beside is None else str(beside / "work")
    Path(folder).mkdir(mode=0o700, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(group: Group, folder: Path, stack: ExitStack) -> None:
    """Put a snapshot where it belongs, unless another program was first; it stays there until all is closed."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    with suppress(OSError), (folder / ROWS).open("rb") as rows:
        os.fsync(rows.fileno())
    target = group.home / group.name
    used(folder, stack)
    try:
        folder.rename(target)
    except OSError:
        if manifest.read(target, group.key, group.fact, group.stamps) is None:
            # What lies there is torn or forged: this comes in its place, or stays where it is until all is closed.
            with (
                suppress(OSError),
                tempfile.TemporaryDirectory(
                    prefix="tmp-", suffix=f"-{os.getpid()}", dir=group.home, ignore_cleanup_errors=True
                ) as away,
            ):
                target.rename(Path(away, "torn"))
                folder.rename(target)
    for place in (target, folder):
        group.found, group.folder = known(group, place, stack), place
        if group.found is not None:
            break


def forget(groups: Sequence[Group], built: Collection[str]) -> None:
    """Remove leftovers of builders that were killed, and snapshots that nobody needs and nobody uses.

    Args:
        groups: all that one opening uses; none of them goes.
        built: the facts of those that were built in it: what was built of the same files as they were before goes.
    """
    for home in {group.home for group in groups if group.home.name == FOLDER}:
        mine = [group for group in groups if group.home == home]
        names = {group.name for group in mine}
        entries: list[tuple[float, Path]] = []
        with suppress(OSError):
            for entry in home.iterdir():
                if _OURS.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
                    with suppress(OSError):
                        entries.append((entry.stat().st_mtime, entry))
        halves = [entry for entry in entries if entry[1].name.startswith("tmp-")]
        whole = [entry for entry in entries if not entry[1].name.startswith("tmp-")]
        others = sorted((entry for entry in whole if entry[1].name not in names), reverse=True)
        replaced = {group.name[:-12] for group in mine if group.fact.name in built}
        before = [entry for entry in others if entry[1].name[:-12] in replaced]
        kept = [entry for entry in others if entry not in before]
        killed = [entry for entry in halves if time.time() - entry[0] > _STALE_SECONDS]
        for _, entry in before + killed + kept[max(MOST_KEPT - len(names), 0) :]:
            with suppress(OSError):
                remove(entry)
