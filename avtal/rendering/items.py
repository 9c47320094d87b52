"""The lines of an explanation: what, its value, where it stands, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from avtal.rendering.terminal import CYAN, DIM, Paint


@frozen
class Item:
    """One line of an explanation: what, its value, where it stands, and what it is made of."""

    text: str
    value: str = ""
    place: str = ""
    parts: tuple[Item, ...] = ()
    datum: bool = False

    @property
    def grounded(self) -> bool:
        """Whether it reaches the data."""
        return self.datum or any(part.grounded for part in self.parts)


def tree(items: Sequence[Item], lead: str, paint: Paint) -> Iterator[str]:
    """Items as the lines of a tree, each after `lead`."""
    for at, item in enumerate(items):
        last = at == len(items) - 1
        shown = f"{item.text} = {paint(item.value, CYAN)}" if item.value else item.text
        where = f"  {paint(item.place, DIM)}" if item.place else ""
        yield f"{lead}{'└─ ' if last else '├─ '}{shown}{where}"
        yield from tree(item.parts, f"{lead}{'   ' if last else '│  '}", paint)


def flat(items: Sequence[Item], depth: int = 0) -> Iterator[tuple[int, Item]]:
    """Items with their depth, a parent before its parts."""
    for item in items:
        yield depth, item
        yield from flat(item.parts, depth + 1)
