"""A folder of contracts, each in a folder of its own: which there are, and a card of each."""

from __future__ import annotations

from pathlib import Path

from avtal.cards import ClauseCard, ContractCard, ContractEntry
from avtal.contract import load
from avtal.errors import UnreadableError
from avtal.rendering.plain import party
from avtal.sources import CONTRACT
from dsl.spans import place

MOST = 10_000
"""The most contracts of a folder that are looked at."""


def names(folder: Path) -> tuple[str, ...]:
    """The folders with a contract right below a folder; links are not followed.

    Raises:
        UnreadableError: there is no such folder, or it has too many.
    """
    try:
        found = sorted(
            entry.name
            for entry in folder.iterdir()
            if not entry.name.startswith(".") and not entry.is_symlink() and (entry / CONTRACT).is_file()
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(f"{folder} går inte att läsa: {reason}.", f"{folder} can't be read: {reason}.") from None
    if len(found) > MOST:
        raise UnreadableError(f"{folder} har fler än {MOST} avtal.", f"{folder} has more than {MOST} contracts.")
    return tuple(found)


def locate(folder: Path, name: str) -> Path:
    """The folder of a contract.

    Args:
        folder: the folder of contracts.
        name: what `names` gives; it is looked up there, and never made into a path otherwise.

    Raises:
        UnreadableError: there is no such contract.
    """
    if name not in names(folder):
        raise UnreadableError(f"Det finns inget avtal {name!r}.", f"There is no contract {name!r}.")
    return folder / name


def card(folder: Path, name: str) -> ContractCard:
    """The card of a contract, by what `names` gives.

    Raises:
        UnreadableError: there is no such contract, or it can't be read.
    """
    contract = load(locate(folder, name))
    analysed, program = contract.analysed, contract.analysed.program
    terms = program.terms if program is not None else None
    text = analysed.texts[analysed.module.file]
    return ContractCard(
        id=name,
        name=contract.name if terms is not None else name,
        language=contract.language,
        sound=analysed.sound and program is not None,
        buyers=tuple(map(party, terms.buyers)) if terms is not None else (),
        providers=tuple(map(party, terms.providers)) if terms is not None else (),
        start=str(terms.start) if terms is not None else None,
        end=str(terms.end) if terms is not None else None,
        settle=terms.settle if terms is not None else "",
        clauses=tuple(
            ClauseCard(
                key=one.key,
                form=one.form.name,
                swedish=one.form.swedish,
                label=one.label,
                line=place(text, one.span).line,
            )
            for one in (program.instances if program is not None else ())
        ),
        needs=tuple(sorted(contract.needed)) if program is not None and analysed.sound else (),
        files=tuple(sorted(contract.hashes.text)),
        examples=tuple(example.name for example in (program.examples if program is not None else ())),
        text=text,
    )


def entry(card: ContractCard) -> ContractEntry:
    """A card in short."""
    return ContractEntry(
        id=card.id,
        name=card.name,
        language=card.language,
        sound=card.sound,
        buyers=card.buyers,
        providers=card.providers,
        start=card.start,
        end=card.end,
    )
