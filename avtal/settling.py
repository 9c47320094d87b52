"""The work of `avtal settle`, and what it shares with other commands: a contract, its data and its settlements."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from attrs import evolve, frozen

from avtal import periods, portfolio
from avtal.contract import Contract, load
from avtal.engines.means import ROWS, Means
from avtal.errors import AvtalError, UnreadableError
from avtal.manner import Manner, echo, show
from avtal.output import check_apart, check_output, check_two, files_read, replaced, write_text
from avtal.progress import progress
from avtal.reading import Reading
from avtal.reading.places import Database
from avtal.rendering.report import Report, reports
from avtal.rendering.terminal import visible
from avtal.sources import contracts as found_in, identity
from dsl.alike import Alike
from interpreter.settlement import Trace

LineChoice = Literal["all", "few", "none"]
ALL: Final = "all"
FEW: Final = "few"
NONE: Final = "none"


@frozen(eq=False, repr=False)
class Asked(Alike):
    """What is to be settled: the data, and the days and parties; empty means those of the contract.

    Args:
        data: files, folders and tables of databases; `data` beside the contract when empty.
        mapping: a mapping file; those beside the data when `None`.
        period: as on the command line.
        providers, buyers: codes.
        means: what it is settled with.
        refuse_outside: whether rows that lie outside the contract's days, where nothing looks, stop the settlement.
        one_by_one: whether what comes out is then shown row by row, which is told of where rows are many.
        outputs: the files to be written, none of which may be one that is read.
        lines: which payment lines are asked for afterwards: `ALL`, of `FEW` rows as a table does, or `NONE`. Where they
            are not all, each data set is let go before the next is read.
    """

    data: tuple[Path | Database, ...] = ()
    mapping: Path | None = None
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    means: Means = ROWS
    refuse_outside: bool = False
    one_by_one: bool = False
    outputs: tuple[Path, ...] = ()
    lines: LineChoice = ALL


@frozen(eq=False, repr=False)
class Settled(Alike):
    """A contract with its data, the reports of its settlements, and what is to be noted of the data."""

    contract: Contract
    reading: Reading
    reports: Sequence[Report]
    notes: Sequence[str] = ()


def settled(file: Path, asked: Asked, manner: Manner) -> Settled:
    """Load, read and settle a contract, its warnings shown and progress told on standard error.

    Raises:
        AvtalError: the contract or the data have errors, or can't be read.
    """
    (found,) = settled_all([file], asked, manner)
    if isinstance(found, AvtalError):
        raise found
    return found


def settled_all(files: Sequence[Path], asked: Asked, manner: Manner) -> list[Settled | AvtalError]:
    """Load, read and settle contracts; those on the same data are read for once, and settled as one plan.

    Returns:
        For each file what came out, or what stood in the way. An error that several contracts have in common is
        given once.

    Raises:
        UnreadableError: the period is none, or a file to be written is one that is read.
    """
    period = periods.parse(asked.period) if asked.period else ""
    found: dict[Path, Settled | AvtalError] = {}
    contracts: list[Contract] = []
    named: list[Path] = []
    broken: list[tuple[Contract, AvtalError]] = []
    new = read = 0
    for at, file in enumerate(files):
        if new == NEW:
            _beforehand(files[at:], manner)
            new += 1
        try:
            contract = load(file, language=manner.asked)
        except AvtalError as error:
            found[file] = error
            named.append(file)
            continue
        new += not contract.cached
        named.append(contract.path)
        try:
            _warned(contract, manner)
            contracts.append(contract)
        except AvtalError as error:
            found[contract.path] = error
            broken.append((contract, error))
    if asked.outputs:
        every = [*contracts, *(contract for contract, _ in broken)]
        given = asked.data or sorted({path.parent / portfolio.DATA for path in named})
        check_apart(asked.outputs, chain(files, files_read(every, given, asked.mapping)))
    groups = portfolio.on_one_data_set(contracts, asked.data)
    for group in groups:
        ends = asked.means.ends and group is groups[-1]
        means = evolve(asked.means, ends=ends) if asked.lines != ALL else asked.means
        with ExitStack() as held:
            try:
                with progress(manner.colour) as tell:
                    reading = portfolio.read_for(group, asked.data, mapping=asked.mapping, means=means, progress=tell)
                held.callback(reading.close)
                before, read = read, read + sum(file.rows for file in reading.files)
                if asked.one_by_one and before <= MANY < read:
                    _slow(read, manner, group[0].language)
                found |= _settled(group, reading, period, asked, manner)
            except AvtalError as error:
                found[group[0].path] = error
            if asked.lines == ALL:
                manner.closing.push(held.pop_all())
    if broken:
        from avtal import data_too

        data_too.tell(broken, contracts, asked, manner)
    return [found[file] for file in named if file in found]


def _settled(
    group: Sequence[Contract], reading: Reading, period: portfolio.Period, asked: Asked, manner: Manner
) -> dict[Path, Settled | AvtalError]:
    """What comes out of contracts on one data set.

    Raises:
        AvtalError: what stands in the way of all of them.
    """
    if asked.refuse_outside:
        from avtal.outside import refuse_outside

        refuse_outside([contract.program for contract in group], reading)
    with progress(manner.colour) as tell:
        outcomes = portfolio.settle_all(
            group, reading, period=period, providers=asked.providers, buyers=asked.buyers, progress=tell
        )
    notes = _told_of_others(group, reading, manner)
    found: dict[Path, Settled | AvtalError] = {}
    for contract, outcome in zip(group, outcomes, strict=True):
        if isinstance(outcome, AvtalError):
            found[contract.path] = outcome
            continue
        shown = reports(contract, reading, outcome, language=manner.asked)
        if asked.lines == FEW:
            from avtal.engines.choice import said
            from avtal.rendering.basis import looked_at

            with said():
                looked_at(shown)
        kept = evolve(reading, data={}, dataset=None, indexes={}) if asked.lines != ALL else reading
        found[contract.path] = Settled(contract, kept, shown, notes)
    return found


def _told_of_others(contracts: Sequence[Contract], reading: Reading, manner: Manner) -> tuple[str, ...]:
    """Tell on standard error of rows that are of no party, where that looks like a mistake."""
    from avtal.strangers import observed

    notes = observed(contracts, reading, manner.language(contracts[0].language))
    for note in notes:
        echo(note, err=True)
    return notes


NEW = 4
"""After how many contracts that had to be analysed the rest are perhaps analysed by several processes at once."""


def _beforehand(files: Sequence[Path], manner: Manner) -> None:
    from avtal.beforehand import analysed

    with progress(manner.colour) as tell:
        analysed(files, tell)


MANY = 200_000
"""Above how many rows it takes a while, and memory, to show or look through them one by one."""


def _slow(rows: int, manner: Manner, own: str) -> None:
    """Tell beforehand that what is asked for may take long, and what does not."""
    from avtal.rendering.numbers import grouped

    told = grouped(str(rows))
    manner.say(
        f"Underlaget har {told} rader. Att visa eller förklara dem en för en kan ta lång tid och mycket minne. Fortare "
        "går avtal settle … --lines fil.parquet, och för en enda kontakt avtal explain … --contact NYCKEL --lines "
        "fil.parquet.",
        f"The data have {told} rows. To show or explain them one by one may take long and much memory. Faster is "
        "avtal settle … --lines file.parquet, and for a single contact avtal explain … --contact KEY --lines "
        "file.parquet.",
        own,
    )


def _warned(contract: Contract, manner: Manner) -> None:
    """Show a contract's warnings on standard error.

    Raises:
        AvtalError: it has errors, or holds none.
    """
    contract.program  # noqa: B018  # raises when the contract has errors
    if contract.diagnostics:
        paint = manner.err()
        language = manner.language(contract.language)
        from avtal.rendering.diagnostics import render

        echo(render(contract.diagnostics, contract.texts, language, paint), err=True)


FORMS = ("table", "json", "csv", "xlsx")
ENDINGS = {".txt": "table", ".json": "json", ".csv": "csv", ".xlsx": "xlsx"}


def settle(
    manner: Manner,
    paths: Sequence[Path],
    what: Asked,
    *,
    form: str | None = None,
    output: Path | None = None,
    show_lines: bool = False,
    lines_file: Path | None = None,
) -> int:
    """Settle contracts and write what is to be paid.

    Args:
        manner: how to speak.
        paths: contracts, and folders of such.
        what: the data, days and parties.
        form: one of `FORMS`; by the ending of `output` when `None`.
        output: the file to write; standard output when `None`.
        show_lines: whether the payment lines are shown.
        lines_file: the file to write the payment lines to.

    Returns:
        0; 1 when a clause is not settled; 2 when something can't be read.

    Raises:
        AvtalError: nothing could be begun, or the file can't be written.
    """
    asked = form or by_ending(output)
    check_output(output, asked)
    written = tuple(path for path in (output, lines_file) if path is not None)
    check_two(written)
    one_by_one = show_lines or asked == "xlsx"
    lines: LineChoice = ALL if one_by_one or lines_file is not None else FEW if asked == "table" else NONE
    what = evolve(what, one_by_one=one_by_one, outputs=written, lines=lines)
    if lines_file is not None:
        from avtal.lines import check_name

        check_name(lines_file)
        what = evolve(what, means=evolve(what.means, outputs=(lines_file.parent,)))
    code = 0
    done: list[Settled] = []
    for found in settled_all(_each_once(paths), what, manner):
        if isinstance(found, AvtalError):
            show(found, manner)
            code = max(code, 2 if isinstance(found, UnreadableError) else 1)
        else:
            done.append(found)
    every = [report for one in done for report in one.reports]
    if every:
        _write(manner, done, asked, output, lines=show_lines)
        if lines_file is not None:
            from avtal.line_file import write

            readings = list({id(one.reading): one.reading for one in done}.values())
            parts = [(one.contract, [report.settlement for report in one.reports]) for one in done]
            write(lines_file, parts, readings)
    if any(report.settlement.failures or report.settlement.total is None for report in every):
        code = max(code, 1)
    return code


def _each_once(paths: Sequence[Path]) -> list[Path]:
    """The contracts that paths mean, each once, whatever ways lead to its folder: it is paid once.

    Raises:
        UnreadableError: one means none.
    """
    found: dict[object, Path] = {}
    for file in chain.from_iterable(map(found_in, paths)):
        found.setdefault((identity(file.parent) or file.parent, file.name), file)
    return list(found.values())


def by_ending(output: Path | None, endings: Mapping[str, str] = ENDINGS) -> str:
    """The form of a file's contents by its ending; a table on standard output.

    Raises:
        UnreadableError: the ending is none of `endings`.
    """
    if output is None:
        return "table"
    found = endings.get(output.suffix.lower())
    if found is None:
        known = ", ".join(endings)
        raise UnreadableError(
            f"{output}: ändelsen säger ingen form. Sluta namnet med {known}, eller ange -O.",
            f"{output}: the ending says no form. End the name with {known}, or give -O.",
        )
    return found


def _write(manner: Manner, done: list[Settled], form: str, output: Path | None, *, lines: bool) -> None:
    reports = [report for one in done for report in one.reports]
    notes = list(dict.fromkeys(chain.from_iterable(one.notes for one in done)))
    _reasons(manner, done)
    if form == "xlsx" and output is not None:
        _workbook(manner, done, output, notes)
        return
    if form == "json":
        from avtal.rendering.machine import as_json

        text = as_json(reports, lines=lines, notes=notes)
    elif form == "csv":
        from avtal.rendering.machine import as_csv

        text = as_csv(reports, lines=lines, notes=notes)
    else:
        from avtal.rendering.settlement import table

        paint = manner.out() if output is None else None
        text = "\n\n".join(table(report, paint, lines=lines) for report in reports)
        if notes and not (output is None and sys.stdout.isatty()):  # beside the terminal's own, which are there already
            text += "\n".join(["", *map(visible, notes), ""])
    if output is None:
        echo(text, nl=False)
        return
    write_text(output, text)


def _reasons(manner: Manner, done: list[Settled]) -> None:
    """Show, once each, the places in the contract where settling stopped."""
    if all(
        report.settlement.total is not None and not report.settlement.failures for one in done for report in one.reports
    ):
        return
    from avtal.rendering.stuck import stuck

    paint = manner.err()
    for one in done:
        for text in stuck(one.reports, one.contract.texts, paint):
            echo(text, err=True)


def _workbook(manner: Manner, done: list[Settled], output: Path, notes: Sequence[str]) -> None:
    from avtal import api
    from avtal.rendering.workbook import workbook

    reports = [report for one in done for report in one.reports]
    owner = {id(report): one for one in done for report in one.reports}
    texts = {at: owner[id(report)].contract.texts for at, report in enumerate(reports)}
    total = sum(len(report.settlement.clauses) for report in reports)
    count = 0
    with progress(manner.colour) as tell:

        def explain(report: Report, key: str) -> Trace:
            nonlocal count
            count += 1
            tell(key, count, max(count, total))
            one = owner[id(report)]
            return api.explain(one.contract, one.reading, report.settlement, key)

        with replaced(output) as half:
            workbook(half, reports, texts, explain, notes)
