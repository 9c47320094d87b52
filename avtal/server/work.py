"""The questions that a child process answers: each is asked in plain data and answered with the bytes of JSON.

Assumes: the process may be killed at any moment, and keeps nothing. Guarantees: the functions of `import avtal` are
asked, and what they answer is turned into JSON by the same converter as on the command line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from avtal import answering, api, shelf
from avtal.answers import Refusal
from avtal.cache import SETTING
from avtal.contract import Contract, load
from avtal.diffing.answer import differed
from avtal.engines.means import AUTO, ROWS, Means
from avtal.errors import AvtalError, DataError
from avtal.findings import refusal
from avtal.portfolio import DATA
from avtal.reading import Reading
from avtal.rendering.explanation import DEPTH
from avtal.sources import CONTRACT
from avtal.structure import to_json

OLD, NEW = "old", "new"
EXPECTED = Path("expected") / "settlement.csv"
Tell = Callable[[str, int, int], None]


@frozen(kw_only=True)
class Question:
    """What a child is asked.

    Args:
        kind: which of `ANSWERS`.
        spool: the folder with what was sent: `contract.avtal` and the files beside it, `data/`, `expected/`.
        shelf: the server's folder of contracts.
        contract: the contract of that folder; empty when its text was sent.
        cache: where that folder's contracts may be kept compiled.
        own_data: whether data were sent.
        large: whether the data may be many: they are then settled by query, spilling into the spool.
        memory: how many bytes the whole may take.
        discreet: whether refused rows are left out, since they may be of buyers that the asker may not see.
        name: what to find (a clause), or the vocabulary to turn a text into.
        other: for a comparison, the other contract, as `contract`; its text lies in `old/` of the spool.
    """

    kind: str
    spool: str = ""
    shelf: str = ""
    contract: str = ""
    cache: str = ""
    own_data: bool = False
    large: bool = False
    memory: int = 1 << 30
    discreet: bool = False
    name: str = ""
    other: str = ""
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    lines: bool = False
    depth: int = DEPTH
    deep: bool = False
    language: str = ""


@frozen(kw_only=True)
class Refused:
    """What a child answers when it can't: the code of a problem of the server, what its texts name, and why."""

    code: str
    arguments: Mapping[str, str] = field(factory=dict)
    refusal: Refusal | None = None


def answer(question: Question, tell: Tell) -> str:
    """The answer as JSON.

    Raises:
        AvtalError: what stands in the way.
    """
    return ANSWERS[question.kind](question, tell)


def refused(question: Question, error: AvtalError) -> Refused:
    """What is told of an error that stood in the way."""
    language = question.language or "sv"
    found = refusal(error, language)
    if question.discreet and isinstance(error, DataError):
        found = Refusal(detail=found.detail)
    return Refused(code="AV663", refusal=found)


def _load(question: Question) -> Contract:
    """The contract that is meant, seen from its own folder, so that no path of the server's reaches an answer."""
    if question.contract:
        _keep(question)
        os.chdir(question.shelf)
        return load(shelf.locate(Path(), question.contract), language=question.language)
    os.chdir(question.spool)
    return load(Path(CONTRACT), language=question.language)


def _keep(question: Question) -> None:
    """Let a contract of the server's be kept compiled; one that is sent never is."""
    if question.cache:
        os.environ[SETTING] = question.cache


def _read(question: Question, contract: Contract, tell: Tell) -> Reading:
    paths = [Path(question.spool, DATA)] if question.own_data else []
    # A database takes about half: the rest is for what is read and what is answered.
    means = Means(engine=AUTO, keep=False, spill=Path(question.spool), memory=question.memory // 2)
    return api.read(contract, paths, means=means if question.large else ROWS, progress=tell)


def _check(question: Question, tell: Tell) -> str:
    del tell
    return to_json(answering.checked(_load(question), language=question.language))


def _format(question: Question, tell: Tell) -> str:
    del tell
    os.chdir(question.spool)
    text = Path(CONTRACT).read_text("utf-8")
    return to_json(answering.formatted(text, file=CONTRACT, to=question.name))


def _examples(question: Question, tell: Tell) -> str:
    return to_json(answering.tested(_load(question), language=question.language, progress=tell))


def _settle(question: Question, tell: Tell) -> str:
    contract = _load(question)
    reading = _read(question, contract, tell)
    found = answering.settled(
        contract,
        reading,
        period=question.period,
        providers=question.providers,
        buyers=question.buyers,
        lines=question.lines,
        language=question.language,
        progress=tell,
    )
    if question.discreet:  # the rows may be of buyers that the asker may not see
        found = evolve(found, notes=())
    return to_json(found)


def _explain(question: Question, tell: Tell) -> str:
    contract = _load(question)
    reading = _read(question, contract, tell)
    found = answering.explained(
        contract,
        reading,
        question.name,
        period=question.period,
        providers=question.providers,
        buyers=question.buyers,
        depth=question.depth,
        deep=question.deep,
        language=question.language,
        progress=tell,
    )
    return to_json(found)


def _diff(question: Question, tell: Tell) -> str:
    sides = []
    for name, folder in ((question.other, OLD), (question.contract, NEW)):
        os.chdir(question.shelf if name else question.spool)
        path = shelf.locate(Path(), name) if name else Path(folder)
        side = load(path, language=question.language)
        # What was kept compiled is read in full when it is needed: now, while its folder is the one we are in.
        texts = side.analysed.texts
        assert texts  # noqa: S101  (the text itself is always there)
        sides.append(side)
    found = api.diff(
        *sides,
        data=[Path(question.spool, DATA)] if question.own_data else None,
        period=question.period,
        providers=question.providers,
        buyers=question.buyers,
        progress=tell,
    )
    return to_json(differed(found, language=question.language))


def _card(question: Question, tell: Tell) -> str:
    del tell
    _keep(question)
    os.chdir(question.shelf)
    return to_json(shelf.card(Path(), question.contract))


ANSWERS: Mapping[str, Callable[[Question, Tell], str]] = {
    "card": _card,
    "check": _check,
    "diff": _diff,
    "examples": _examples,
    "explain": _explain,
    "format": _format,
    "settle": _settle,
}
