"""The file of payment lines, written from settlements by one query.

Lines of many rows go from the data to the file unseen; those that are known one by one are handed to the database. They
are sorted while they are narrow (numbers and one key); the words that lines have in common are put in after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import chain
from pathlib import Path

from attrs import define, field

from avtal.contract import Contract
from avtal.engines.duck import DuckEngine, quoted
from avtal.errors import UnreadableError
from avtal.lines import (
    COLUMNS,
    PaymentLine,
    check_name,
    decimal,
    handed_over,
    parts_of,
    placed_lines,
    record,
    rule_place,
)
from avtal.output import check_apart, files_read
from avtal.reading import Reading
from dsl.spans import Span
from interpreter import core
from interpreter.sets.bulk import COLUMNS as NARROW, Origin, Place, bulk
from interpreter.sets.portfolio import rules
from interpreter.sets.relation import EngineError, Stored
from interpreter.sets.values import Refused
from interpreter.settlement import Lines, Settlement, Status

TYPES = dict.fromkeys(NARROW, "BIGINT") | {"d": "DATE", "kt": "TEXT", "x": "TEXT"}
ALIKE = 200_000
"""So many lines, or fewer, are gathered before they are written: the bytes don't tell which engine they came from."""
LARGEST = 1 << 62
Parts = Sequence[tuple[Contract, Sequence[Settlement]]]


def write(path: Path, parts: Parts, readings: Sequence[Reading] = ()) -> None:
    """Write the payment lines of settlements.

    Args:
        path: the file, which is replaced.
        parts: contracts with their settlements.
        readings: their data, each once, `data` beside each contract when empty; from a single database the lines go to
            the file by query.

    Raises:
        UnreadableError: the file can't be written, its name does not end in `.parquet`, or it is one that was read.
        AvtalError: an amount is too large for the file.
    """
    check_name(path)
    contracts = [contract for contract, _ in parts]
    read = [file for reading in readings for file in reading.paths]
    check_apart([path], chain(read, files_read(contracts, read, None)))
    whole = readings[0].dataset if len(readings) == 1 else None
    of_data = whole.engine if whole is not None else None
    engine = of_data if isinstance(of_data, DuckEngine) else DuckEngine([path.parent])
    try:
        sheet = Sheet(parts)
        selects = sheet.blocks() if engine is of_data else []
        single = sheet.single()
        engine.table("single_lines", [(name, TYPES[name]) for name in NARROW], single)
        narrow = " UNION ALL ".join([*selects, f"SELECT {', '.join(NARROW)} FROM single_lines"])  # noqa: S608
        order = f"{sheet.place(single)}, d, ki, kt, p"
        ordered = f"SELECT * FROM ({narrow}) s ORDER BY {order}"  # noqa: S608
        if sheet.count() <= ALIKE:
            engine.keep("narrow_lines", ordered)
            ordered = f"SELECT * FROM narrow_lines ORDER BY {order}"  # noqa: S608
        engine.write(_final(ordered, sheet), path, metadata=record(contracts))
    except EngineError as error:
        if str(error) == "out of memory":
            raise UnreadableError(
                f"Minnet räcker inte för att skriva {path}. Ange en mapp att mellanlagra i med --spill, eller mer "
                "minne med --memory.",
                f"Memory is too short to write {path}. Give a folder to spill into by --spill, or more "
                "memory by --memory.",
            ) from None
        raise UnreadableError(f"{path} går inte att skriva: {error}.", f"{path} can't be written: {error}.") from None
    finally:
        if engine is not of_data:
            engine.close()


@define(eq=False, init=False)
class Sheet:
    """Settlements on their way to a file: what their narrow lines stand for.

    Args:
        settlements: in their order, each with what gives a place in the text its name.
        words: what lines have in common, with its number.
        keys, shapes: the clauses' keys of settlements that have the same ones, and which each has.
        files: data files, with their numbers.
        together: blocks of lines that stay together, by identity.
        most: the largest number of a clause, or of a block of lines in one.
    """

    settlements: list[tuple[Settlement, Callable[[Span], str]]] = field(factory=list)
    words: dict[tuple[str, ...], int] = field(factory=dict)
    keys: dict[tuple[str, ...], int] = field(factory=dict)
    shapes: list[int] = field(factory=list)
    files: dict[str, int] = field(factory=dict)
    together: set[int] = field(factory=set)
    most: int = 0

    def __init__(self, parts: Parts) -> None:
        self.__attrs_init__()
        for contract, settlements in parts:
            rule = cache(partial(rule_place, contract))
            for settlement in settlements:
                self.settlements.append((settlement, rule))
                keys = (*(clause.key for clause in settlement.clauses), "total")
                self.shapes.append(self.keys.setdefault(keys, len(self.keys)))

    def number(self, *words: str) -> int:
        """The number of words: label, status, fact, unit, place in the text."""
        return self.words.setdefault(words, len(self.words))

    def file(self, name: str) -> int:
        """The number of a data file."""
        return self.files.setdefault(name, len(self.files))

    def count(self) -> int:
        """How many lines clauses have."""
        return sum(len(clause.lines) for settlement, _ in self.settlements for clause in settlement.clauses)

    def blocks(self) -> list[str]:
        """A SELECT for the lines of each `each` that a query can say."""
        groups: dict[tuple[object, ...], list[tuple[Place, Origin, Lines]]] = {}
        for at, (settlement, _) in enumerate(self.settlements):
            for number, clause in enumerate(settlement.clauses):
                for part, some in enumerate(parts_of(clause) if clause.amount is not None else ()):
                    if isinstance(some, Lines) and isinstance(some.origin, Origin):
                        told = rules(some.origin.ask.env.ledger.program)
                        key = (id(some.origin.step), id(some.origin.site.relation), told)
                        groups.setdefault(key, []).append((Place(at, number, part), some.origin, some))
        selects = []
        for group in groups.values():
            try:
                found = self._select(group)
            except Refused:
                continue
            selects.append(found)
            self.together |= {id(lines) for _, _, lines in group}
        return selects

    def _select(self, group: Sequence[tuple[Place, Origin, Lines]]) -> str:
        """The lines of one `each` in many scopes."""
        place, origin, _ = group[0]
        self.most = max(self.most, *(max(place.clause, place.block) for place, _, _ in group))
        rule, fact = self.settlements[place.settlement][1], origin.site.relation.fact.name

        def words(pays: core.Pays, unit: str) -> int:
            return self.number(pays.label, Status.SETTLED.value, fact, unit, rule(pays.span))

        return bulk([(place, origin) for place, origin, _ in group], words, self.file)

    def place(self, single: Sequence[tuple[Stored, ...]]) -> str:
        """What lines are ordered by first: settlement, clause, part, line in the part; as one number if that fits."""
        numbers = [row[at] for row in single for at in map(NARROW.index, "cbo")]
        most = 1 + max([self.most, *(number for number in numbers if isinstance(number, int))])
        whole = len(self.settlements) * most**3 < LARGEST
        return f"((l * {most} + c) * {most} + b) * {most} + o" if whole else "l, c, b, o"

    def single(self) -> list[tuple[Stored, ...]]:
        """The narrow lines that are known one by one."""
        found: list[tuple[Stored, ...]] = []
        for at, (settlement, rule) in enumerate(self.settlements):
            for placed in placed_lines(settlement, rule, lambda lines: id(lines) in self.together):
                line = placed.line
                if not isinstance(line, PaymentLine):
                    continue
                handed = dict(zip((column.name for column in COLUMNS), handed_over(line), strict=True))
                values: dict[str, Stored] = {"l": at, "c": placed.clause, "b": placed.part, "o": placed.order, "p": 0}
                values["g"] = self.number(line.label, line.status, line.fact, line.unit, line.rule)
                values |= {"d": line.day, "kt": line.contact, "f": self.file(line.file), "n": line.line}
                values |= {
                    "q": handed["quantity"],
                    "u": handed["unit_price"],
                    "m": handed["amount"],
                    "x": handed["exact"],
                }
                found.append(tuple(values.get(name) for name in NARROW))
        return found


def _final(ordered: str, sheet: Sheet) -> str:
    """The SELECT of the file from one of narrow lines in their order."""
    alike = sheet.count() <= ALIKE

    def settled(of: Callable[[Settlement], str]) -> str:
        return _chosen([of(s) for s, _ in sheet.settlements], "l", alike=alike)

    def common(at: int) -> str:
        return _chosen([line[at] for line in sheet.words], "g", alike=alike)

    contact = "COALESCE(kt, CAST(ki AS VARCHAR))"  # after concat the file no longer tells which of them it was
    keys = [_texts(one, alike=alike) for one in sheet.keys]
    shape = f"([{', '.join(keys)}])[([{', '.join(map(str, sheet.shapes))}])[l + 1] + 1]" if len(keys) > 1 else keys[0]
    found = {
        "contract": settled(lambda s: s.contract),
        "buyer": settled(lambda s: s.buyer[1]),
        "provider": settled(lambda s: s.provider[1]),
        "start": f"CAST({settled(lambda s: str(s.start))} AS DATE)",
        "end": f"CAST({settled(lambda s: str(s.end))} AS DATE)",
        "clause": f"{shape}[c + 1]",
        "label": common(0),
        "status": common(1),
        "fact": common(2),
        "contact": f"concat({contact}, '')" if alike else contact,
        "day": "d",
        "quantity": decimal("q"),
        "unit": common(3),
        "unit_price": decimal("u"),
        "amount": decimal("m"),
        "exact": "x",
        "file": f"{_texts(list(sheet.files), alike=alike)}[f + 1]",
        "line": "CAST(n AS INTEGER)",
        "rule": common(4),
    }
    columns = ", ".join(f'{found[column.name]} AS "{column.name}"' for column in COLUMNS)
    return f"SELECT {columns} FROM ({ordered}) o"  # noqa: S608


def _chosen(texts: Sequence[str], number: str, *, alike: bool) -> str:
    """The text that a line's number stands for; what all have in common is not looked up for each."""
    if len(set(texts)) == 1:
        return f"CAST({quoted(texts[0])} AS {_kind(texts, alike=alike)})"
    return f"{_texts(texts, alike=alike)}[{number} + 1]"


def _texts(texts: Sequence[str], *, alike: bool) -> str:
    return f"(CAST([{', '.join(map(quoted, texts))}] AS {_kind(texts, alike=alike)}[]))"


def _kind(texts: Sequence[str], *, alike: bool) -> str:
    """The type of a column of some texts: their own where lines are many, for its dictionary is then known beforehand.

    Which texts there are, some of them in vain, and in what order, tells engines apart.
    """
    return "VARCHAR" if alike or not texts else f"ENUM({', '.join(map(quoted, dict.fromkeys(texts)))})"
