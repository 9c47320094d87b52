"""Which engine settles: the reference evaluator for few rows, SQLite beside it for more, DuckDB for many.

SQLite has the rows that were read, in memory; DuckDB reads the files itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve

from avtal.engines.means import AUTO, DUCKDB, REFERENCE, Means
from avtal.errors import AvtalError
from avtal.reading import DataProblem, Progress, Reading, read_data
from avtal.reading.folders import Source, sources
from avtal.reading.places import Database
from avtal.reading.read import fact_of, read_sources, silent
from interpreter.facts import Fact

TYPE_CHECKING = False  # few rows need no database
if TYPE_CHECKING:
    from interpreter.sets.relation import EngineError, Relation

MANY = 60_000
"""From how many rows on, as far as the sizes of files tell, a database is asked when nobody says which engine."""

SOME = 1_000
"""From how many rows on SQLite adds up when nobody says which engine: its queries are then worth their start."""

BYTES_A_ROW = {".parquet": 10, ".xlsx": 20}
OTHER_BYTES = 50


def read_by(
    means: Means,
    paths: Sequence[Path | Database],
    facts: Sequence[Fact],
    mapping: Path | None,
    progress: Progress | None,
    tables: Mapping[str, Any] | None = None,
) -> Reading:
    """Read data, into memory or into a database.

    Args:
        means: what to settle with.
        paths: files (.csv, .txt, .xlsx, .parquet), folders of such files, and tables of databases.
        facts: the facts that the contract declares.
        mapping: a mapping file for all of them; without it the `mapping.toml` beside each file is used.
        progress: told (file, lines done, lines in all or 0) now and then.
        tables: Arrow tables by the fact's name; the files that they are put into go when the reading is closed.

    Returns:
        the rows, or a data set in a database, or the problems.

    Raises:
        AvtalError: the engine that was asked for can't take the data.
    """
    if tables:
        from avtal.reading.arrow import delivered

        with ExitStack() as held:
            files = held.enter_context(delivered(tables))
            reading = read_by(evolve(means, keep=False), [*paths, *files], facts, mapping, progress)
            held.callback(reading.close)
            return evolve(reading, close=held.pop_all().close)
    if not (means.engine == DUCKDB or (means.engine == AUTO and _rows(paths, mapping) >= MANY)):
        if means.on_server:
            return _on_server(means, paths, facts, mapping, progress)
        reading = read_data(paths, facts, mapping=mapping, progress=progress)
        return reading if means.engine == REFERENCE else _added_up(reading, facts, means)
    from avtal.engines.snapshot import ElsewhereError, opened
    from interpreter.sets.relation import EngineError

    stack = ExitStack()
    try:
        snapshot = stack.enter_context(
            opened(
                paths,
                facts,
                mapping=mapping,
                keep=means.keep,
                spill=means.spill,
                memory=means.memory,
                outputs=means.outputs,
                ends=means.ends,
                progress=progress,
            )
        )
    except EngineError as error:
        stack.close()
        if means.engine == AUTO:
            return read_data(paths, facts, mapping=mapping, progress=progress)
        raise (_no_room() if isinstance(error, ElsewhereError) else _too_large(error)) from None
    except BaseException:
        stack.close()
        raise
    if snapshot.dataset is None:
        # What was refused is of no use to anybody, and its cells are not left lying.
        stack.close()
        return snapshot.reading
    return evolve(snapshot.reading, dataset=snapshot.dataset, close=stack.close)


def _added_up(reading: Reading, facts: Sequence[Fact], means: Means) -> Reading:
    """The same rows in SQLite as well, when they are more than a few."""
    if reading.problems or (means.engine == AUTO and sum(map(len, reading.data.values())) < SOME):
        return reading
    from avtal.engines.lite import LiteEngine
    from avtal.engines.load import from_rows
    from interpreter.sets.relation import EngineError

    engine = LiteEngine()
    try:
        dataset = from_rows({fact.name: fact for fact in facts}, reading.data, engine, keep=True)
    except EngineError as error:
        engine.close()
        if means.engine == AUTO:
            return reading
        raise _too_large(error) from None
    return evolve(reading, dataset=dataset, close=engine.close)


@contextmanager
def said() -> Iterator[None]:
    """Say in the reader's words that the database gave up where its rows had to be read.

    Raises:
        AvtalError: it did.
    """
    try:
        yield
    except Exception as error:  # few rows need no database, and what it raises is not imported for them
        from interpreter.sets.relation import EngineError

        if not isinstance(error, EngineError):
            raise
        raise gave_up(error) from None


def gave_up(error: EngineError) -> AvtalError:
    """What to say when the database gave up."""
    if str(error) == "IOException":
        return AvtalError(
            "Databasen kunde inte läsa eller skriva en fil. Har underlaget ändrats medan det räknades, så har en annan "
            "körning ersatt det som den läste: kör igen. Är enheten full, ange en mapp på en annan med --spill.",
            "The database could not read or write a file. If the data have changed meanwhile, another run has "
            "replaced what it read: run again. If the device is full, give a folder on another one by --spill.",
        )
    return AvtalError(
        f"Databasen gav upp medan underlaget lästes ({error}). Ge den mer minne (--memory) eller en mapp att lägga "
        "sådant i som inte ryms (--spill), och se efter att servern svarar.",
        f"The database gave up while the data were read ({error}). Give it more memory (--memory) or a folder for what "
        "does not fit (--spill), and see to it that the server answers.",
    )


def _too_large(error: EngineError) -> AvtalError:
    return AvtalError(
        f"Underlaget ryms inte i databasen ({error}). Kör utan --engine, så väljs en motor som klarar det.",
        f"The data do not fit in the database ({error}). Run without --engine, to have one chosen that takes them.",
    )


def _no_room() -> AvtalError:
    """What to say when what is prepared of the data can't be written anywhere."""
    return AvtalError(
        "Det som databasen läser går inte att skriva, varken bredvid underlaget eller i mappen för tillfälliga filer "
        "(TMPDIR). Är enheten full? Kör annars utan --engine, så väljs en motor som klarar det.",
        "What the database reads can't be written, neither beside the data nor in the folder for temporary files "
        "(TMPDIR). Is the device full? Else run without --engine, to have one chosen that takes them.",
    )


def _on_server(
    means: Means,
    paths: Sequence[Path | Database],
    facts: Sequence[Fact],
    mapping: Path | None,
    progress: Progress | None,
) -> Reading:
    """Data for a server: tables that lie there stay, and rows of files are sent as temporary tables of a session.

    Raises:
        UnreadableError: the server can't be reached.
        AvtalError: it can't take the rows.
    """
    from avtal.engines.load import from_rows
    from avtal.engines.servers import connected, lies_there
    from interpreter.sets.relation import Dataset, EngineError

    found, problems = sources(paths, mapping)
    lying = [source for source in found if source.database is not None and lies_there(source.database, means)]
    files = [source for source in found if source not in lying]
    problems += given_twice(lying, files, facts)
    reading = read_sources(files, problems, facts, progress)
    if reading.problems and not lying:
        return reading
    engine = connected(means)
    try:
        relations: dict[str, Relation] = {}
        if lying:
            from avtal.engines.resident import read_tables

            with engine.still():
                there = read_tables(lying, facts, engine, progress or silent)
            relations |= there.relations
            sections = [section for section in (reading.suggestion, *there.sections) if section]
            reading = evolve(
                reading,
                problems=(*reading.problems, *there.problems),
                files=(*reading.files, *there.files),
                suggestion="\n".join(sections),
            )
        if reading.problems:
            engine.close()
            return evolve(reading, data={})
        sent = from_rows({fact.name: fact for fact in facts}, reading.data, engine)
    except EngineError as error:
        engine.close()
        raise AvtalError(
            f"Servern i --engine klarar inte underlaget ({error}). Tillfälliga tabeller måste få göras där "
            "(i PostgreSQL rätten TEMPORARY), och tal rymmas i 126 bitar.",
            f"The server of --engine can't do with the data ({error}). It must let us make temporary tables (in "
            "PostgreSQL the right TEMPORARY), and numbers must fit 126 bits.",
        ) from None
    except BaseException:
        engine.close()
        raise
    dataset = Dataset(relations={**sent.relations, **relations}, engine=engine)
    return evolve(reading, data={}, dataset=dataset, close=engine.close)


def given_twice(lying: Sequence[Source], files: Sequence[Source], facts: Sequence[Fact]) -> list[DataProblem]:
    """Facts of which some rows lie on the server and some do not."""
    there = {fact.name: source for source in lying if (fact := fact_of(source, facts)) is not None}
    problems = []
    for source in files:
        fact = fact_of(source, facts)
        if fact is not None and fact.name in there:
            args = (("fact", fact.swedish or fact.name), ("name", source.name))
            problems.append(DataProblem(code="AVD57", file=there[fact.name].name, args=args))
    return problems


def _rows(paths: Sequence[Path | Database], mapping: Path | None) -> int:
    """About how many rows there are, by the sizes of the files; a table of a database is taken to have many."""
    found, _ = sources(paths, mapping)
    total = 0
    for source in found:
        if source.file is None:
            return MANY
        try:
            size = source.path.stat().st_size
        except OSError:
            continue
        total += size // BYTES_A_ROW.get(source.path.suffix.lower(), OTHER_BYTES)
    return total
