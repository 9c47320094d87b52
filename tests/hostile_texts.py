"""Regular expressions of the program, and texts for each that take long to refuse where they can be read in many ways.

What an expression tells apart is worked out from its own parts: of all characters that it treats alike, one is taken.
The texts repeat words of those characters, after what leads to a repetition, and end with what the expression refuses.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from re import _compiler as compiler, _constants as sre, _parser as parser  # what reads expressions
from types import FrameType
from typing import Any

from attrs import frozen

ANYWHERE = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})
"""What looks for a match at each place of a text, and not at one alone."""

CALLED = {f"re.{name}" for name in (*ANYWHERE, "match", "fullmatch", "compile")}
OTHERS = " \t\n1aZ_.-\0é\u00a0"
SHORT, LONG = 1_000, 32_000
QUICK, SLOW = 0.0005, 0.1
"""Seconds of the processor: a short text refused in the first is not looked at again, a long one has the other."""


@frozen
class Expression:
    """A regular expression of the program: where it stands, and whether it is looked for anywhere in a text."""

    place: str
    pattern: re.Pattern[Any]
    anywhere: bool


# --- those of the program


@frozen
class Source:
    """A module: its name, its text, and what its names stand for."""

    name: str
    text: str
    names: Mapping[str, object]


def sources(*packages: str) -> list[Source]:
    """Every module of some packages; of one that needs what is not installed, its text alone."""
    names = [m.name for p in packages for m in pkgutil.walk_packages(importlib.import_module(p).__path__, f"{p}.")]
    found = []
    for name in (*packages, *names):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        try:
            known = vars(importlib.import_module(name))
        except ModuleNotFoundError:
            known = {"re": re}
        found.append(Source(name, Path(spec.origin).read_text("utf-8"), known))
    return found


def expressions(among: Sequence[Source], made: Mapping[str, Sequence[str]]) -> Iterator[Expression]:
    """The regular expressions that modules make.

    Args:
        among: the modules.
        made: for what is made of values that only a run knows, `module: source of the expression`, some it may be.
    """
    everything = "\n".join(source.text for source in among)
    for source in among:
        names: dict[ast.expr, str] = {}
        for part in ast.walk(ast.parse(source.text)):
            if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                names[part.value] = part.targets[0].id
            if not isinstance(part, ast.Call) or ast.unparse(part.func) not in CALLED:
                continue
            written, name = ast.unparse(part.args[0]), names.get(part, "")
            place = f"{source.name}.{name}" if name else f"{source.name}: {written}"
            try:
                patterns: Sequence[Any] = [eval(written, dict(source.names))]  # noqa: S307 - our own text
            except NameError:
                patterns = made[f"{source.name}: {written}"]
            given = [*part.args[1:], *(keyword.value for keyword in part.keywords)]
            flags = [getattr(re, a.attr) for a in given if isinstance(a, ast.Attribute) and a.attr.isupper()]
            text = source.text if name.startswith("_") else everything
            used = set(re.findall(rf"\b{name}\.([a-z]+)\b", text)) if name else {ast.unparse(part.func)[3:]}
            for pattern in patterns:
                yield Expression(place, re.compile(pattern, *flags), bool(used & ANYWHERE))


# --- texts for an expression


REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
SINGLE = (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)
FEW = 8
"""Up to how many times a repetition is no concern."""

MANY = 5
"""Of more kinds of characters than these, no words of three are made."""


def inside(op: Any, argument: Any) -> list[Any]:
    """The parsed expressions inside a part of one."""
    if op in REPEATS:
        return [argument[2]]
    if op is sre.SUBPATTERN:
        return [argument[3]]
    if op is sre.BRANCH:
        return list(argument[1])
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    return [argument] if op is sre.ATOMIC_GROUP else []


class Texts:
    """Texts that lead an expression to read on and on, and then refuse.

    Args:
        pattern: the expression.
    """

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        source = pattern.pattern
        self.flags = pattern.flags
        if isinstance(source, bytes):
            source, self.flags = source.decode("latin-1"), self.flags | re.ASCII
        self.tree = parser.parse(source, self.flags)
        everything = list(self.parts(self.tree))
        repeated = [part for op, at in everything if op in REPEATS and at[1] > FEW for part in self.parts(at[2])]
        self.singles = self.readers(everything)
        own = {chr(at) for op, at in everything if op in (sre.LITERAL, sre.NOT_LITERAL)}
        own |= {chr(c) for op, of in everything if op is sre.IN for c in self.ends(of)}
        self.characters = sorted(own) + [c for c in OTHERS if c not in own]
        alike = {tuple(bool(r.match(c)) for r in self.singles): c for c in reversed(self.characters)}
        inner = self.readers(repeated)
        self.single = [c for c in alike.values() if any(r.match(c) for r in inner)]
        self.joined = list({tuple(bool(r.match(c)) for r in inner): c for c in self.single}.values())
        self.refused = next((c for found, c in alike.items() if not any(found)), "")

    def parts(self, tree: Any) -> Iterator[tuple[Any, Any]]:
        """Every part of a parsed expression, and all inside it."""
        for op, argument in tree:
            yield op, argument
            for inner in inside(op, argument):
                yield from self.parts(inner)

    @staticmethod
    def ends(of: Sequence[tuple[Any, Any]]) -> Iterator[int]:
        """The characters that a class names, and the first of each range."""
        for op, at in of:
            if op in (sre.LITERAL, sre.RANGE):
                yield at if op is sre.LITERAL else at[0]

    def readers(self, among: Iterable[tuple[Any, Any]]) -> list[re.Pattern[str]]:
        """What reads the single characters that parts stand for."""
        found = {repr(part): part for part in among if part[0] in SINGLE}
        return [self.reader(part) for part in found.values()]

    def reader(self, part: tuple[Any, Any]) -> re.Pattern[str]:
        """An expression of one part alone."""
        return compiler.compile(parser.SubPattern(self.tree.state, [part]), self.flags)

    def shortest(self, tree: Any) -> str:
        """A short text that an expression reads."""
        found = ""
        for op, argument in tree:
            inner = [self.shortest(part) for part in inside(op, argument)]
            if op in SINGLE:
                reader = self.reader((op, argument))
                found += next(c for c in self.characters if reader.match(c))
            elif op in REPEATS:
                found += inner[0] * argument[0]
            elif op not in (sre.ASSERT, sre.ASSERT_NOT):
                found += min(inner, key=len, default="")
        return found

    def leading(self, tree: Any, before: str = "") -> Iterator[str]:
        """What leads to each repetition."""
        for part in tree:
            if part[0] in REPEATS and part[1][1] > FEW:
                yield before
            for inner in inside(*part):
                yield from self.leading(inner, before)
            before += self.shortest([part])

    def all(self) -> Iterator[tuple[str, str, str]]:
        """What to begin with, what to repeat, and what to end with."""
        longest = 3 if len(self.joined) <= MANY else 2
        words = ["".join(word) for size in range(2, longest + 1) for word in product(self.joined, repeat=size)]
        ends = dict.fromkeys((self.refused, ""))
        yield from product(dict.fromkeys(self.leading(self.tree)), self.single + words, ends)


# --- how long it takes


def slow(it: Expression, longest: int) -> str:
    """A text of up to `longest` signs that an expression takes long to refuse, in words; empty when none was found."""
    texts = Texts(it.pattern)
    ways = [it.pattern.match, it.pattern.fullmatch, *([it.pattern.search] if it.anywhere else [])]
    for way, (start, word, end) in product(ways, texts.all()):
        for size, most in ((min(SHORT, longest), QUICK), (longest, SLOW)):
            text: Any = start + word * (size // len(word)) + end
            if isinstance(it.pattern.pattern, bytes):
                text = text.encode("latin-1", "replace")
            if seconds(way, text) <= most:
                break
        else:
            return f"{it.place}: {way.__name__}({start!r} + {word!r} * {longest // len(word)} + {end!r})"
    return ""


def seconds(way: Callable[[Any], object], text: object) -> float:
    """How long the processor looks at a text; it is stopped when that is too long."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, 2 * SLOW)
    try:
        way(text)
    except TimeoutError:
        return 2 * SLOW
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - started
