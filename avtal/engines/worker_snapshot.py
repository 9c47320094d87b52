"""The child's side of building snapshots: strangers' files are read here, in a process that can be stopped.

Run by `avtal.reading.worker`, bound in memory and time. Messages: `{"progress": [file, done, of]}`; for every file
`{"file": place, "fact": …, "sha256": …, "rows": …, "problems": […], "twice": […], "suggestion": …}`; for every fact
without problems `{"built": fact}`; `{"unfit": why}` for data that are right and have no integers that fit, and where
the engine, the disk or the name of a file stood in the way, with `"elsewhere": true` when another folder may help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from attrs import asdict

from avtal.engines import building, manifest
from avtal.engines.building import Part, UnfitError
from avtal.engines.definitions import fact_from
from avtal.engines.duck import DuckEngine
from avtal.engines.staging import Stager
from avtal.reading.folders import Source, sources
from avtal.reading.places import Database
from avtal.reading.problems import KEPT, DataProblem
from avtal.reading.read import fact_of
from interpreter.facts import Fact
from interpreter.sets.relation import EngineError

Send = Callable[[dict[str, Any]], None]


def read(request: Mapping[str, Any], send: Send) -> None:
    """Build the snapshots that are asked for.

    Args:
        request: `facts`; `paths` and `mapping` as they were given; `places`, which of the files to read; `build`, by
            fact its `key` and the `folder` for its snapshot; `work`, a folder for files in between; `memory` and
            `threads` of the engine.
        send: takes the messages.
    """
    facts = [fact_from(plain) for plain in request["facts"]]
    paths = [Database(*path) if isinstance(path, list) else Path(path) for path in request["paths"]]
    found, _ = sources(paths, Path(request["mapping"]) if request["mapping"] else None)
    wanted = {place: source for place, source in enumerate(found) if place in set(request["places"])}
    groups: dict[str, list[int]] = {}
    for place, source in wanted.items():
        fact = fact_of(source, facts)
        groups.setdefault(fact.name if fact else "", []).append(place)
    by_name = {fact.name: fact for fact in facts}
    try:
        with _engine(request, wanted.values()) as engine:
            for name, places in groups.items():
                group = {place: wanted[place] for place in places}
                _group(by_name.get(name), group, facts, engine, request, send)
    except UnfitError as unfit:
        send({"unfit": str(unfit)})
    except (EngineError, OSError, UnicodeError) as error:
        # The text of an error may hold cells or names: only its kind is said.
        why = str(error) if isinstance(error, EngineError) else type(error).__name__
        elsewhere = any(isinstance(one, OSError | duckdb.IOException) for one in (error, error.__cause__))
        send({"unfit": why, "elsewhere": elsewhere})


@contextmanager
def _engine(request: Mapping[str, Any], found: Iterable[Source]) -> Iterator[DuckEngine]:
    """An engine that may read the Parquet files, and read and write the folders that are asked for."""
    work = Path(request["work"])
    folders = [work, *(Path(one["folder"]) for one in request["build"].values())]
    parquet = [source.path for source in found if source.file and source.path.suffix.lower() == ".parquet"]
    engine = DuckEngine(folders, files=parquet, spill=work, memory=request["engine_memory"], threads=request["threads"])
    try:
        yield engine
    finally:
        engine.close()


def _group(
    fact: Fact | None,
    group: Mapping[int, Source],
    facts: list[Fact],
    engine: DuckEngine,
    request: Mapping[str, Any],
    send: Send,
) -> None:
    def progress(name: str, done: int, of: int) -> None:
        send({"progress": [name, done, of]})

    work = Path(request["work"])
    parts: dict[int, Part] = {}
    for place, source in group.items():
        stager = Stager(place, source, facts, engine, work, KEPT, progress)
        parts[place] = part = Part(stager, manifest.stamp(source.file))
        stager.read()
        if stager.staged is not None:
            progress(source.name, 0, 0)
            building.code(part, engine, work)
    if fact is not None:
        asked = request["build"][fact.name]
        folder = Path(asked["folder"])
        made = building.build(fact, list(parts.values()), asked["key"], engine, folder)
        if made is not None:
            manifest.write(made, folder)
            send({"built": fact.name})
    for place, part in parts.items():
        send(
            {
                "file": place,
                "fact": fact.name if fact else "",
                "sha256": part.stager.sha256,
                "rows": part.rows,
                "problems": [_plain(problem) for problem in part.problems()],
                "twice": [_plain(problem) for problem in part.twice],
                "suggestion": part.stager.suggestion,
            }
        )


def _plain(problem: DataProblem) -> dict[str, Any]:
    return asdict(problem)
