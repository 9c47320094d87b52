"""What the server does, apart from HTTP: who may see which contract, and who works it out."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from attrs import define, evolve, field, frozen

from avtal import library, shelf
from avtal.cards import ContractCard, FormCard
from avtal.errors import UnreadableError
from avtal.server.keys import Key, KeyRing
from avtal.server.pool import Bounds, Pool, Progress
from avtal.server.problems import NO_REGION, NOT_FOUND, WRONG_SHAPE, ServerError
from avtal.server.spool import finished, lay, names_checked, spooled
from avtal.server.strict import visible
from avtal.server.watch import Audit, Figures
from avtal.server.wire import (
    CheckRequest,
    DiffRequest,
    DiffSide,
    ExplainRequest,
    FormatRequest,
    RunExamplesRequest,
    SettleRequest,
)
from avtal.server.work import NEW, OLD, Question
from avtal.structure import from_data

MIB = 1 << 20
ASKS_FOR_CONTRACT = CheckRequest | RunExamplesRequest | SettleRequest | ExplainRequest


@frozen(kw_only=True)
class Settings:
    """How a server runs.

    Args:
        contracts: the folder of contracts; none when `None`.
        workers, job_workers: how many questions, and jobs, are worked out at once.
        direct, job: what one may take.
        body, job_body: how many bytes may be sent.
        waiting: how many questions may wait.
        jobs: how many jobs are kept, and for how many seconds after they have ended.
    """

    contracts: Path | None = None
    workers: int = field(factory=lambda: os.cpu_count() or 1)
    job_workers: int = 1
    direct: Bounds = field(factory=Bounds)
    job: Bounds = field(factory=lambda: Bounds(seconds=600.0, memory=4 << 30))
    body: int = 8 * MIB
    job_body: int = 64 * MIB
    waiting: int = 300
    jobs: int = 100
    kept: float = 3600.0


@define(eq=False)
class Service:
    """The workers, the contracts and the library behind the addresses."""

    settings: Settings
    keys: KeyRing | None = None
    audit: Audit = field(factory=lambda: Audit(None))
    figures: Figures = field(factory=Figures)
    folder: Path = field(factory=lambda: Path(tempfile.mkdtemp(prefix="avtal-serve-")))
    pool: Pool = field(init=False)
    job_pool: Pool = field(init=False)
    forms: tuple[FormCard, ...] = ()
    _cards: dict[str, tuple[object, ContractCard]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        def ended(bound: str) -> None:
            self.figures.ended.labels(bound).inc()

        warm = self.folder / "warm"
        warm.mkdir(exist_ok=True)
        own = self.settings
        self.pool = Pool(own.workers, own.waiting, warm, ended)
        self.job_pool = Pool(own.job_workers, own.jobs, warm, ended)
        for kind, pool in (("direct", self.pool), ("job", self.job_pool)):
            self.figures.workers.labels(kind).set_function(lambda pool=pool: pool.busy)  # type: ignore[misc]
            self.figures.waiting.labels(kind).set_function(lambda pool=pool: pool.waiting)  # type: ignore[misc]

    async def start(self) -> None:
        """Start the workers and read the library."""
        await asyncio.gather(self.pool.start(), self.job_pool.start())
        self.forms = await asyncio.to_thread(library.forms)

    async def stop(self) -> None:
        """Stop the workers and throw away what was sent."""
        await asyncio.gather(self.pool.stop(), self.job_pool.stop())
        self.close()

    def close(self) -> None:
        """Throw away what was sent."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def ready(self) -> bool:
        """Whether questions can be taken."""
        return bool(self.forms) and self.pool.ready

    def limit(self, path: str) -> str:
        """How much an address takes, in words."""
        return f"{(self.settings.job_body if path.startswith('/v1/jobs') else self.settings.body) // MIB} MiB"

    # --- contracts

    async def names(self) -> tuple[str, ...]:
        """The contracts of the server's folder."""
        if self.settings.contracts is None:
            return ()
        return await asyncio.to_thread(shelf.names, self.settings.contracts)

    async def card(self, name: str, key: Key) -> ContractCard:
        """The card of a contract that a key may see.

        Raises:
            ServerError: `NOT_FOUND`, also when the key may not see it.
        """
        found = await self._card(name) if name in await self.names() else None
        if found is None or not _visible(found, key):
            raise absent(name)
        return found

    async def cards(self, key: Key) -> list[ContractCard]:
        """The cards of all contracts that a key may see."""
        several = asyncio.Semaphore(self.settings.workers)  # no more than that: others ask meanwhile

        async def one(name: str) -> ContractCard | None:
            async with several:
                return await self._card(name)

        found = await asyncio.gather(*map(one, await self.names()))
        return [card for card in found if card is not None and _visible(card, key)]

    async def _card(self, name: str) -> ContractCard | None:
        """A card, worked out anew when anything in the contract's folder has changed; `None` when it can't be read."""
        assert self.settings.contracts is not None  # noqa: S101  (a name was found there)
        state = await asyncio.to_thread(_state, self.settings.contracts / name)
        known = self._cards.get(name)
        if known is None or known[0] != state:
            question = Question(
                kind="card",
                shelf=str(self.settings.contracts),
                contract=name,
                cache=str(self.folder / "cache"),
            )
            try:
                told = await self.pool.run(question, self.settings.direct)
            except ServerError as error:
                if error.refusal is None:
                    raise
                return None
            known = (state, from_data(ContractCard, json.loads(told)))
            self._cards[name] = known
        return known[1]

    # --- questions

    async def check(self, data: CheckRequest, key: Key) -> bytes:
        """What `avtal check -O json` finds."""
        await self._subject(data, key)
        return await self._ask(data, Question(kind="check", language=data.language or ""))

    async def format(self, data: FormatRequest) -> bytes:
        """What `avtal format` makes."""
        question = Question(kind="format", name=data.to or "", language=data.language or "")
        return await self._ask(data, question)

    async def run_examples(self, data: RunExamplesRequest, key: Key) -> bytes:
        """What `avtal test` finds."""
        card = await self._subject(data, key)
        if card is not None:
            if data.data or data.expected:
                raise wrong(
                    "data och expected hör till en text, inte till ett av serverns avtal",
                    "data and expected belong to a text, and not to a contract of the server",
                )
            _allowed([buyer.code for buyer in card.buyers], key)
        return await self._ask(data, Question(kind="examples", language=data.language or ""))

    async def settle(
        self, data: SettleRequest, key: Key, *, job: bool = False, progress: Progress | None = None
    ) -> bytes:
        """What `avtal settle -O json` prints."""
        card = await self.vet(data, key)
        question = Question(
            kind="settle",
            period=data.period,
            providers=data.providers,
            buyers=_buyers(data.buyers, card, key),
            discreet=_discreet(card, key),
            lines=data.lines,
            language=data.language or "",
        )
        return await self._ask(data, question, job=job, progress=progress)

    async def vet(self, data: SettleRequest, key: Key) -> ContractCard | None:
        """Refuse what can be refused before anything is worked out; the card of the contract that is asked about.

        Raises:
            ServerError: what is asked contradicts itself, a file can't be taken, or the key may not see it.
        """
        card = await self._subject(data, key)
        _buyers(data.buyers, card, key)
        names_checked(data.files, data.data)
        return card

    async def explain(self, data: ExplainRequest, key: Key) -> bytes:
        """What `avtal explain` shows."""
        if not 1 <= data.depth <= 100:
            raise wrong("depth är 1 till 100", "depth is 1 to 100")
        card = await self._subject(data, key)
        question = Question(
            kind="explain",
            name=data.clause,
            period=data.period,
            providers=data.providers,
            buyers=_buyers(data.buyers, card, key),
            discreet=_discreet(card, key),
            depth=data.depth,
            deep=data.deep,
            language=data.language or "",
        )
        return await self._ask(data, question)

    async def diff(self, data: DiffRequest, key: Key) -> bytes:
        """What `avtal diff -O json` finds for two contracts."""
        for side in (data.old, data.new):
            card = await self._subject(side, key)
            if card is not None:
                _allowed([buyer.code for buyer in card.buyers], key)
            names_checked(side.files, data.data)
        question = Question(
            kind="diff",
            other=data.old.contract,
            period=data.period,
            providers=data.providers,
            buyers=data.buyers,
            language=data.language or "",
        )
        return await self._ask(data, question)

    async def _subject(self, data: ASKS_FOR_CONTRACT | DiffSide, key: Key) -> ContractCard | None:
        """The card of the contract that is asked about, `None` when its text is sent.

        Raises:
            ServerError: both or neither is said, or the key may not see it.
        """
        if bool(data.contract) == bool(data.text):
            raise wrong("ange antingen contract eller text", "give either contract or text")
        if not data.contract:
            return None
        if data.files:
            raise wrong("files hör till text", "files belong to text")
        return await self.card(data.contract, key)

    async def _ask(
        self,
        data: ASKS_FOR_CONTRACT | FormatRequest | DiffRequest,
        question: Question,
        *,
        job: bool = False,
        progress: Progress | None = None,
    ) -> bytes:
        own = self.settings
        pool, bounds = (self.job_pool, own.job) if job else (self.pool, own.direct)
        main = data.new if isinstance(data, DiffRequest) else data
        contract = "" if isinstance(main, FormatRequest) else main.contract
        sent = () if isinstance(data, CheckRequest | FormatRequest) else data.data
        expected = data.expected if isinstance(data, RunExamplesRequest) else ""
        sides = {OLD: data.old, NEW: data.new} if isinstance(data, DiffRequest) else {}
        laid = spooled(self.folder, main.text, main.files, sent, expected)
        try:
            folder = await finished(laid.__enter__)
            for name, side in sides.items():
                await finished(partial(lay, folder / name, side.text, side.files))
            whole = evolve(
                question,
                spool=str(folder),
                shelf=str(own.contracts or ""),
                contract=contract,
                cache=str(self.folder / "cache"),
                own_data=bool(sent),
                large=job,
                memory=bounds.memory,
            )
            return await pool.run(whole, bounds, progress)
        finally:
            await finished(partial(laid.__exit__, None, None, None))


def _visible(card: ContractCard, key: Key) -> bool:
    return key.unbounded or any(key.sees(buyer.code) for buyer in card.buyers)


def _allowed(buyers: Sequence[str], key: Key) -> None:
    hidden = [code for code in buyers if not key.sees(code)]
    if hidden:
        raise ServerError(NO_REGION, buyers=", ".join(visible(code, 40) for code in hidden))


def _buyers(asked: Sequence[str], card: ContractCard | None, key: Key) -> tuple[str, ...]:
    """The buyers to settle for: those asked for, else those of the contract that the key may see.

    A text that is sent with its data is the sender's own, and shows nothing of the server's.
    """
    if card is None:
        return tuple(asked)
    if asked:
        _allowed(asked, key)
        return tuple(asked)
    return () if key.unbounded else tuple(buyer.code for buyer in card.buyers if key.sees(buyer.code))


def _discreet(card: ContractCard | None, key: Key) -> bool:
    return card is not None and any(not key.sees(buyer.code) for buyer in card.buyers)


def _state(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a file beside a contract does, also where its time is set back: `ctime` is the system's own."""
    try:
        found = [(entry.name, entry.stat()) for entry in folder.iterdir()]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size) for name, stat in found))


def absent(name: str) -> ServerError:
    """There is no such contract, or none that the key may see."""
    shown = f"`{visible(name, 60)}`"
    return ServerError(NOT_FOUND, what_sv=f"inget avtal {shown}", what_en=f"contract {shown}")


def no_form(error: UnreadableError) -> ServerError:
    """There is no such form."""
    del error
    return ServerError(NOT_FOUND, what_sv="ingen form med det namnet", what_en="form of that name")


def wrong(sv: str, en: str) -> ServerError:
    """The request contradicts itself."""
    return ServerError(WRONG_SHAPE, reason_sv=sv, reason_en=en)
