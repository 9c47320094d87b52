"""A contract file with all that it uses, read and analysed.

This is what `avtal check` needs, and it imports no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from avtal.compiled import Compiled, shelf
from avtal.errors import AvtalError, UnreadableError
from avtal.sources import Hashes, locate, sources
from dsl.diagnostics import Diagnostic, nearest
from dsl.spans import Span
from interpreter import core
from interpreter.casts import in_common
from interpreter.order import expressions
from interpreter.settlement import ClauseResult, Settlement

TYPE_CHECKING = False  # the analysis takes long to import, and a contract that has not changed needs none
if TYPE_CHECKING:
    from interpreter.pipeline import Analysed


class Contract:
    """A contract or module file, read and analysed with all that it uses.

    Args:
        path: the file.
        hashes: SHA-256 of every text, table and library module that was read.
        found: what is known of it, by analysis or from the cache.
        language: of reasons inside diagnostics.
    """

    def __init__(self, path: Path, hashes: Hashes, found: Analysed | Compiled, language: str = "") -> None:
        self.path = path
        self.hashes = hashes
        self._found = found
        self._language = language

    @property
    def analysed(self) -> Analysed:
        """All that is known of it, as formatting, examples and an editor need it; a cached one is analysed now."""
        if isinstance(self._found, Compiled):
            self._found = _analysed(self.path, Hashes(), self._language)
        return self._found

    @property
    def cached(self) -> bool:
        """Whether it was found compiled, and has not been analysed."""
        return isinstance(self._found, Compiled)

    @property
    def name(self) -> str:
        """The contract's name, or the file's when it holds no contract."""
        program = self._found.program
        return program.terms.name if program is not None and program.terms.name else str(self.path)

    @property
    def language(self) -> str:
        """The vocabulary that it is written in, `sv` or `en`."""
        return self._found.language

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong with it."""
        return self._found.diagnostics

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way of settling, if it holds a contract."""
        return self._found.sound

    @property
    def settles(self) -> bool:
        """Whether the file holds a contract, and not only definitions."""
        return self._found.program is not None

    @property
    def texts(self) -> Mapping[str, str]:
        """Every file's text by name, for showing places."""
        return self._found.texts

    @property
    def uses(self) -> Mapping[Span, tuple[str, str]]:
        """The two spellings of names, by place."""
        return self._found.uses

    @property
    def units(self) -> Mapping[str, tuple[str, str]]:
        """The two names of each unit that it declares."""
        return self._found.units

    @property
    def program(self) -> core.Program:
        """The contract's program.

        Raises:
            AvtalError: the file has errors or holds no contract.
        """
        if not self.sound:
            raise AvtalError(
                f"{self.path} har fel som måste rättas först.",
                f"{self.path} has errors that must be mended first.",
                diagnostics=self.diagnostics,
                texts=self.texts,
            )
        program = self._found.program
        if program is None:
            raise UnreadableError(
                f"{self.path} innehåller inget avtal, bara definitioner.",
                f"{self.path} holds no contract, only definitions.",
            )
        return program

    @cached_property
    def needed(self) -> frozenset[str]:
        """The facts that its clauses, indicators and promises are worked out from, by their English names."""
        return in_common(self.program, "needed", _needed)

    def spellings(self) -> dict[str, str]:
        """The clauses' keys with Swedish names for forms → their keys."""
        found: dict[str, str] = {}
        for instance in self.program.instances:
            key, swedish, own = instance.key, "", instance
            part = key
            while True:
                parent = own.parent
                part = own.key.removeprefix(f"{parent.key}/") if parent is not None else own.key
                name = own.form.swedish or own.form.name
                part = name + part.removeprefix(own.form.name)
                swedish = f"{part}/{swedish}" if swedish else part
                if parent is None:
                    break
                own = parent
            found[swedish] = key
        return found


def _needed(program: core.Program) -> frozenset[str]:
    found = {fact for instance in program.instances for fact, _ in instance.form.needs}
    counted = [part for i in program.indicators.values() for part in (i.fulfilled, i.population)]
    own = [*counted, *(let.value for let in program.lets), *(promise for promise, _, _ in program.promises)]
    for part in own:
        for expr in expressions(part):
            if isinstance(expr, core.FactRow):
                found.add(expr.fact)
            if isinstance(expr, core.Aggregate | core.Pick) and expr.rows is not None:
                found.add(expr.rows.fact)
    computed = any(i.fulfilled is not None for i in program.indicators.values())
    given = {fact.name for fact in program.facts.values() if fact.indicator} if computed else set()
    return frozenset(found - given)


def load(path: str | Path, *, language: str = "", library: str | Path | None = None) -> Contract:
    """Read and analyse a contract.

    Args:
        path: a contract file, a module file, or a folder with `contract.avtal`.
        language: of reasons inside diagnostics, `sv` or `en`; the contract's own when empty.
        library: a folder with another library than the one that is installed, as an earlier version of it.

    Returns:
        The contract, with its diagnostics; it may have errors.

    Raises:
        UnreadableError: there is no such file, or it can't be read.
    """
    file = locate(Path(path))
    hashes, kept = Hashes(), shelf() if library is None else None
    found = kept.find(file, hashes) if kept is not None else None
    if found is not None:
        return Contract(file, hashes, found, language)
    analysed = _analysed(file, hashes, language, Path(library) if library is not None else None)
    if kept is not None and analysed.sound and analysed.program is not None:
        kept.keep(file, hashes, analysed.program, analysed.diagnostics, analysed.units, analysed.uses)
    return Contract(file, hashes, analysed, language)


def _analysed(file: Path, hashes: Hashes, language: str, rules: Path | None = None) -> Analysed:
    from interpreter.pipeline import analyse

    return analyse(sources(file, hashes, language=language, rules=rules))


def find_clause(contract: Contract, settlement: Settlement, asked: str) -> ClauseResult:
    """The clause that is meant by its key, its key with Swedish names, or an ending, label or name that only it has.

    Raises:
        UnreadableError: no clause, or several, answer to it.
    """
    swedish = {key: spelled for spelled, key in contract.spellings().items()}
    wanted = asked.strip()
    exact = [c for c in settlement.clauses if wanted in (c.key, swedish.get(c.key))]
    found = exact or [
        c
        for c in settlement.clauses
        if wanted == c.label or any(k.endswith((f"/{wanted}", f"[{wanted}]")) for k in (c.key, swedish.get(c.key, "")))
    ]
    if not found:
        found = [
            c
            for c in settlement.clauses
            if wanted in (c.form, c.swedish, f"{c.form} {c.label}", f"{c.swedish} {c.label}")
        ]
    if len(found) == 1:
        return found[0]
    shown = {c.key: swedish.get(c.key, c.key) if contract.language == "sv" else c.key for c in settlement.clauses}
    if found:
        several = "\n".join(f"  {shown[c.key]}" for c in found)
        raise UnreadableError(
            f"Flera poster svarar mot {asked!r}. Skriv en av dem helt ut:\n{several}",
            f"Several clauses answer to {asked!r}. Write one of them in full:\n{several}",
        )
    near = nearest(wanted, [*shown.values(), *(c.label for c in settlement.clauses)])
    every = "\n".join(f"  {text}" for text in shown.values())
    raise UnreadableError(
        f"Ingen post heter {asked!r}.{f' Menade du {near!r}?' if near else ''} Posterna är:\n{every}",
        f"No clause is called {asked!r}.{f' Did you mean {near!r}?' if near else ''} The clauses are:\n{every}",
    )
