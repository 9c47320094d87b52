"""The typed snapshot of a data set: built once, and used by every settlement until a file or a definition changes.

    with opened([Path("data")], facts) as snapshot:
        if snapshot.dataset is not None: …            # relations in DuckDB
        else: …                                       # snapshot.reading.problems

Each fact's rows are one Parquet file of integers with a manifest, in a folder `.avtal` beside the data, so that those
may read it who may read the files. Where that folder can't be written, when it is not wanted, and when the files lie in
several folders and what these have in common was not given, a snapshot lies in a temporary folder and goes when it is
closed.

Guarantees: a snapshot is used only while size and times of every file are as they were when it was built, and only
where nobody may write to it who may not replace the data; it appears whole or not at all; several programs may build
one at once, and none is removed while it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set as AbstractSet
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from attrs import define, field, frozen

from avtal.engines import manifest
from avtal.engines.definitions import digest, plain_fact
from avtal.engines.in_use import used
from avtal.engines.manifest import ROWS, Manifest, Stamp
from avtal.reading.folders import Source, sources
from avtal.reading.places import Database
from avtal.reading.problems import DataProblem
from avtal.reading.read import FileRead, Progress, Reading, fact_of, silent
from dsl.alike import Alike, Shown
from interpreter.facts import Fact
from interpreter.sets.relation import Dataset, EngineError, Relation

PACKAGE = Path(__file__).absolute().parents[1]
FOLDER = ".avtal"

_GLOB = frozenset("*?[]")


class ElsewhereError(EngineError):
    """Files could not be written where the snapshots are built."""


@frozen(eq=False, repr=False)
class Snapshot(Alike):
    """Data for a set engine, or what is wrong with them.

    Args:
        reading: problems, files and suggestion, as `avtal.reading.read_data` gives them; its `data` are empty.
        dataset: the relations; `None` when there are problems.
        built: the facts that were built now; the others were built before.
    """

    reading: Reading
    dataset: Dataset | None
    built: tuple[str, ...] = ()


@define(eq=False, repr=False)
class Group(Shown):
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


@define(eq=False, repr=False)
class Results(Shown):
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
    ends: bool = False,
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
        ends: whether the process ends with it, so that an engine that has spilled nothing is not taken apart.
        progress: told (file, lines done, lines in all or 0) now and then.

    Raises:
        EngineError: the data have numbers that do not fit, or the engine could not; `avtal.reading` may read them.
    """
    found, problems = sources(paths, mapping)
    groups = _groups(found, facts, paths)
    with ExitStack() as stack:
        for group in groups.values():
            group.folder = group.home / group.name
            if keep and group.lasting and usable(group.home):
                group.found = known(group, group.folder, stack)
        grouped = {place for group in groups.values() for place in group.places}
        waiting = [group for group in groups.values() if group.found is None]
        places = sorted({place for group in waiting for place in group.places} | (set(range(len(found))) - grouped))
        results = Results()
        if places:
            from avtal.engines.renewal import build, forget

            results = build(paths, mapping, facts, found, waiting, places, keep, threads, progress or silent, stack)
            if keep:
                forget(list(groups.values()), results.built)
        for group in groups.values():
            if group.found is not None:
                for place, source in zip(group.places, group.found.sources, strict=True):
                    lies = found[place].lies
                    results.files[place] = FileRead(source.name, source.sha256, group.fact.name, source.rows, lies)
        order = range(len(found))
        for told in (results.problems, results.twice):
            problems.extend(problem for place in order for problem in told.get(place, ()))
        sections = [results.suggestions[place] for place in order if results.suggestions.get(place)]
        files = tuple(results.files[place] for place in order if place in results.files)
        reading = Reading({}, tuple(problems), files, "\n".join(sections))
        if problems:
            yield Snapshot(reading, None)
            return
        from avtal.engines.duck import DuckEngine
        from avtal.engines.warm import MEMORY

        folders = [group.folder for group in groups.values() if group.folder is not None]
        engine = DuckEngine([*folders, *outputs], spill=spill, memory=memory or MEMORY, threads=threads)
        stack.callback(engine.leave if ends and spill is None else engine.close)
        relations = {name: _relation(group) for name, group in groups.items()}
        yield Snapshot(reading, Dataset(relations=relations, engine=engine), tuple(results.built))


def known(group: Group, folder: Path, stack: ExitStack) -> Manifest | None:
    """What a snapshot says of itself where it is there, whole and true; it stays there until all is closed."""
    found = manifest.read(folder, group.key, group.fact, group.stamps)
    return found if found is not None and used(folder, stack) else None


def _relation(group: Group) -> Relation:
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
        months=found.months,
    )


def _groups(found: Sequence[Source], facts: Sequence[Fact], paths: Sequence[Path | Database]) -> dict[str, Group]:
    """The files by fact; files that can't be read, or have no fact, are in none."""
    places: dict[str, list[int]] = {}
    named = {fact.name: fact for fact in facts}
    given = {path.resolve() for path in paths if isinstance(path, Path)}
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
        parents = {source.path.resolve().parent for source in mine}
        home = min(parents) if len(parents) == 1 else _common(parents, given)
        # Nothing tells whether a database has changed: what is read of one is read each time.
        lasting = home is not None and all(source.file is not None for source in mine)
        marks = [[given.size, given.mtime_ns, given.ctime_ns] for _, given in stamps]
        plain = re.sub(r"[^a-z0-9_]", "", name.lower())[:40] or "fact"
        shown = f"{plain}-{key[:12]}{digest(marks)[:12]}"
        groups[name] = Group(named[name], those, key, (home or Path()) / FOLDER, shown, stamps, lasting)
    return groups


def _common(folders: AbstractSet[Path], given: AbstractSet[Path]) -> Path | None:
    """The folder that several lie in, when it was given or is in one that was: no other is the user's to write in."""
    first = min(folders)
    above = [first, *first.parents]
    shared = next((folder for folder in above if all(other.is_relative_to(folder) for other in folders)), None)
    return shared if shared is not None and given & {shared, *shared.parents} else None


@cache
def _code() -> str:
    """The digest of the code that decides how files are read: after a change to it every snapshot is built anew."""
    import hashlib

    total = hashlib.sha256()
    for package in ("reading", "engines"):
        entries = [entry for entry in (PACKAGE / package).iterdir() if entry.name.endswith(".py")]
        for entry in sorted(entries, key=lambda entry: entry.name):
            total.update(f"avtal.{package}/{entry.name}\0".encode() + hashlib.sha256(entry.read_bytes()).digest())
    return total.hexdigest()


def usable(home: Path) -> bool:
    """Whether snapshots can lie there, and are believed.

    DuckDB takes some characters of a path for patterns and only texts for names, and a link leads away.
    """
    if _GLOB & set(str(home)) or home.is_symlink():
        return False
    try:
        str(home).encode()
        return not home.exists() or manifest.believed(home.parent, [home])
    except (OSError, UnicodeError):  # gone since, or a name that is no text
        return False
