"""The typed snapshot of a data set: built once, and used by every settlement until a file or a definition changes.

    with opened([Path("data")], facts) as snapshot:
        if snapshot.dataset is not None: …            # relations in DuckDB
        else: …                                       # snapshot.reading.problems

Each fact's rows are one Parquet file of integers with a manifest, in a folder `.avtal` beside the data, so that those
may read it who may read the data; its permissions are those of the files. Where that folder can't be written, or when
it is not wanted, a snapshot lies in a temporary folder and goes when it is closed.

Guarantees: a snapshot is used only while size and times of every file are as they were when it was built; it appears
whole or not at all; several programs may build one at once.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from avtal.engines import manifest
from avtal.engines.definitions import digest, plain_fact
from avtal.engines.manifest import ROWS, Manifest, Stamp
from avtal.reading.child import StoppedError, messages
from avtal.reading.folders import Source, sources
from avtal.reading.places import Database
from avtal.reading.problems import DataProblem
from avtal.reading.read import FileRead, Progress, Reading, fact_of, silent
from interpreter.facts import Fact
from interpreter.sets.relation import Dataset, EngineError, Relation

FOLDER = ".avtal"
MOST_KEPT = 32
"""The most snapshots that are kept beside a folder of data."""

BUILD_MEMORY = 350 << 20
CHILD_MEMORY = 4 << 30
_SECONDS, _SECONDS_PER_MB = 600, 1
_STALE_SECONDS = 24 * 3600
_GLOB = frozenset("*?[]")
_OURS = re.compile(r"(?:tmp-)?[a-z0-9_]{1,40}-[a-z0-9_]{1,32}")


@frozen
class Snapshot:
    """Data for a set engine, or what is wrong with them.

    Args:
        reading: problems, files and suggestion, as `avtal.reading.read_data` gives them; its `data` are empty.
        dataset: the relations; `None` when there are problems.
        built: the facts that were built now; the others were built before.
    """

    reading: Reading
    dataset: Dataset | None
    built: tuple[str, ...] = ()


@define(eq=False)
class _Group:
    """The files of one fact."""

    fact: Fact
    places: list[int]
    key: str
    home: Path
    name: str
    stamps: list[tuple[str, Stamp]]
    lasting: bool
    folder: Path | None = None
    found: Manifest | None = None


@define(eq=False)
class _Results:
    """What the child said."""

    problems: dict[int, list[DataProblem]] = field(factory=dict)
    twice: dict[int, list[DataProblem]] = field(factory=dict)
    files: dict[int, FileRead] = field(factory=dict)
    suggestions: dict[int, str] = field(factory=dict)
    built: list[str] = field(factory=list)


@contextmanager
def opened(
    paths: Sequence[Path | Database],
    facts: Sequence[Fact],
    *,
    mapping: Path | None = None,
    keep: bool = True,
    spill: Path | None = None,
    memory: int | None = None,
    threads: int | None = None,
    outputs: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Iterator[Snapshot]:
    """Open the snapshot of a data set, and build what is not there or no longer true.

    Args:
        paths: files (.csv, .txt, .xlsx, .parquet), folders of such files, and tables of databases.
        facts: the facts that the contract declares.
        mapping: a mapping file for all of them; without it the `mapping.toml` beside each file is used.
        keep: whether what is built is kept beside the data.
        spill: a folder that the engine may spill into when memory is short.
        memory: the most bytes that the engine may hold.
        outputs: folders that the engine may write into.
        threads: how many the engine may use; as many as the machine has when `None`.
        progress: told (file, lines done, lines in all or 0) now and then.

    Raises:
        EngineError: the data have numbers that do not fit, or the engine could not; `avtal.reading` may read them.
    """
    found, problems = sources(paths, mapping)
    groups = _groups(found, facts)
    with ExitStack() as stack:
        for group in groups.values():
            group.folder = group.home / group.name
            if keep and group.lasting and _usable(group.home):
                group.found = manifest.read(group.folder, group.key, group.fact, group.stamps)
        grouped = {place for group in groups.values() for place in group.places}
        waiting = [group for group in groups.values() if group.found is None]
        places = sorted({place for group in waiting for place in group.places} | (set(range(len(found))) - grouped))
        results = _Results()
        if places:
            results = _build(paths, mapping, facts, found, waiting, places, keep, threads, progress or silent, stack)
        for group in groups.values():
            if group.found is not None:
                for place, source in zip(group.places, group.found.sources, strict=True):
                    results.files[place] = FileRead(source.name, source.sha256, group.fact.name, source.rows)
        order = range(len(found))
        for told in (results.problems, results.twice):
            problems.extend(problem for place in order for problem in told.get(place, ()))
        sections = [results.suggestions[place] for place in order if results.suggestions.get(place)]
        files = tuple(results.files[place] for place in order if place in results.files)
        reading = Reading({}, tuple(problems), files, "\n".join(sections))
        if problems:
            yield Snapshot(reading, None)
            return
        from avtal.engines.duck import MEMORY, DuckEngine

        folders = [group.folder for group in groups.values() if group.folder is not None]
        engine = DuckEngine([*folders, *outputs], spill=spill, memory=memory or MEMORY, threads=threads)
        stack.callback(engine.close)
        relations = {name: _relation(group) for name, group in groups.items()}
        yield Snapshot(reading, Dataset(relations=relations, engine=engine), tuple(results.built))


def _relation(group: _Group) -> Relation:
    found, folder = group.found, group.folder
    if found is None or folder is None:
        raise EngineError(f"{group.fact.name}: the snapshot could not be built")
    from avtal.engines.duck import quoted

    return Relation(
        fact=group.fact,
        source=f"read_parquet({quoted(str((folder / ROWS).resolve()))})",
        rows=found.count,
        columns=found.columns,
        files=found.files,
    )


def _groups(found: Sequence[Source], facts: Sequence[Fact]) -> dict[str, _Group]:
    """The files by fact; files that can't be read, or have no fact, are in none."""
    places: dict[str, list[int]] = {}
    named = {fact.name: fact for fact in facts}
    for place, source in enumerate(found):
        fact = fact_of(source, facts)
        if fact is not None:
            places.setdefault(fact.name, []).append(place)
    groups = {}
    for name, those in places.items():
        mine = [found[place] for place in those]
        try:
            stamps = [(source.name, manifest.stamp(source.file)) for source in mine]
        except OSError:
            continue
        key = digest(
            manifest.FORMAT, _code(), plain_fact(named[name]), [[source.name, repr(source.mapping)] for source in mine]
        )
        # Nothing tells whether a database has changed: what is read of one is read each time.
        lasting = all(source.file is not None for source in mine)
        marks = [[given.size, given.mtime_ns, given.ctime_ns] for _, given in stamps]
        plain = re.sub(r"[^a-z0-9_]", "", name.lower())[:40] or "fact"
        home = Path(os.path.commonpath([source.path.resolve().parent for source in mine])) / FOLDER
        groups[name] = _Group(named[name], those, key, home, f"{plain}-{key[:12]}{digest(marks)[:12]}", stamps, lasting)
    return groups


@cache
def _code() -> str:
    """The digest of the code that decides how files are read: after a change to it every snapshot is built anew."""
    import hashlib
    from importlib.resources import files

    total = hashlib.sha256()
    for package in ("avtal.reading", "avtal.engines"):
        entries = [entry for entry in files(package).iterdir() if entry.name.endswith(".py")]
        for entry in sorted(entries, key=lambda entry: entry.name):
            total.update(f"{package}/{entry.name}\0".encode() + hashlib.sha256(entry.read_bytes()).digest())
    return total.hexdigest()


def _build(
    paths: Sequence[Path | Database],
    mapping: Path | None,
    facts: Sequence[Fact],
    found: Sequence[Source],
    groups: Sequence[_Group],
    places: Sequence[int],
    keep: bool,  # noqa: FBT001
    threads: int | None,
    progress: Progress,
    stack: ExitStack,
) -> _Results:
    """Have a child build snapshots, and put those that are whole where they belong."""
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
    results = _Results()
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
            _settle(group, temporary[group.fact.name], keep=keep)
    return results


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


def _note(message: Mapping[str, Any], found: Sequence[Source], results: _Results, progress: Progress) -> None:
    """Take up one message of the child."""
    if "progress" in message:
        name, done, of = message["progress"]
        progress(str(name), int(done), int(of))
    elif "unfit" in message:
        raise EngineError(str(message["unfit"]))
    elif "built" in message:
        results.built.append(message["built"])
    else:
        place = message["file"]
        results.problems[place] = [_problem(plain) for plain in message["problems"]]
        results.twice[place] = [_problem(plain) for plain in message["twice"]]
        results.files[place] = FileRead(found[place].name, message["sha256"], message["fact"], message["rows"])
        results.suggestions[place] = message["suggestion"]


def _problem(plain: Mapping[str, Any]) -> DataProblem:
    return DataProblem(**{**plain, "args": tuple((name, text) for name, text in plain["args"])})


def _temporary(group: _Group, found: Sequence[Source], stack: ExitStack, *, keep: bool) -> Path:
    """A folder to build in: where the snapshot is to be kept if it can be, else one that goes when all is closed."""
    if keep and group.lasting and _usable(group.home):
        mode = _mode([found[place].path for place in group.places])
        with suppress(OSError):
            group.home.mkdir(exist_ok=True)
            with suppress(OSError):
                (group.home / ".gitignore").write_text("*\n", encoding="utf-8")
            folder = Path(tempfile.mkdtemp(prefix="tmp-", suffix=f"-{os.getpid()}", dir=group.home))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(mode)
            return folder
    group.home = Path(tempfile.mkdtemp(prefix="avtal-"))
    stack.callback(shutil.rmtree, group.home, ignore_errors=True)
    folder = group.home / "build"
    folder.mkdir()
    return folder


def _usable(home: Path) -> bool:
    """Whether snapshots can lie there: DuckDB takes some characters of a path for patterns, and a link leads away."""
    return not _GLOB & set(str(home)) and not home.is_symlink()


def _mode(files: Sequence[Path]) -> int:
    """The permissions of a folder for data that come from these files: nobody may do more than with each of them."""
    mode = 0o777
    for file in files:
        mode &= stat.S_IMODE(file.stat().st_mode)
    return 0o700 | (mode & 0o066) | ((mode & 0o044) >> 2)


@contextmanager
def _removed(beside: Path | None) -> Iterator[str]:
    """A folder for what lies between files and snapshot, beside the snapshot where there is one."""
    folder = tempfile.mkdtemp(prefix="avtal-") if beside is None else str(beside / "work")
    Path(folder).mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(group: _Group, folder: Path, *, keep: bool) -> None:
    """Put a snapshot where it belongs, unless another program was first, and forget those that nobody needs."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    with suppress(OSError), (folder / ROWS).open("rb") as rows:
        os.fsync(rows.fileno())
    target = group.home / group.name
    group.folder = target
    try:
        folder.rename(target)
    except OSError:
        if manifest.read(target, group.key, group.fact, group.stamps) is None:
            # What lies there is torn: this comes in its place.
            with suppress(OSError):
                away = Path(tempfile.mkdtemp(prefix="tmp-", suffix=f"-{os.getpid()}", dir=group.home))
                target.rename(away / "torn")
                folder.rename(target)
                shutil.rmtree(away, ignore_errors=True)
    group.found = manifest.read(target, group.key, group.fact, group.stamps)
    if keep and group.home.name == FOLDER:
        _forget(group.home, target)


def _forget(home: Path, newest: Path) -> None:
    """Remove leftovers of builders that were killed, and the oldest snapshots beyond the number that is kept."""
    entries: list[tuple[float, Path]] = []
    with suppress(OSError):
        for entry in home.iterdir():
            if _OURS.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
                with suppress(OSError):
                    entries.append((entry.stat().st_mtime, entry))
    now = time.time()
    kept = sorted((e for e in entries if not e[1].name.startswith("tmp-") and e[1] != newest), reverse=True)
    # The same files as they were before.
    for _, entry in kept:
        if entry.name[:-12] == newest.name[:-12]:
            shutil.rmtree(entry, ignore_errors=True)
    old = [e for e in entries if e[1].name.startswith("tmp-") and now - e[0] > _STALE_SECONDS] + kept[MOST_KEPT - 1 :]
    for _, entry in old:
        shutil.rmtree(entry, ignore_errors=True)
