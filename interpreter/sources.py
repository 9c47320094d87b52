"""The texts that a program is made from, as whoever reads files gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import field, frozen

from dsl.alike import Alike


@frozen(eq=False, repr=False)
class Unreadable(Alike):
    """Why a table's file could not be read."""

    reason: str


@frozen(eq=False, repr=False)
class Sources(Alike):
    """The texts of a program.

    Args:
        file: the name of the main file, for messages.
        text: its contents.
        library: the standard library's modules, name → text.
        beside: the `.avtal` files beside the main file that `use` may name, name → text.
        cells: reads a CSV file beside the contract: its rows of cells, headings first.
        whole: read all of the library, and not only what the texts use as long as nothing is wrong.
    """

    file: str
    text: str
    library: Mapping[str, str] = field(factory=dict)
    beside: Mapping[str, str] = field(factory=dict)
    cells: Callable[[str], Sequence[Sequence[str]] | Unreadable] = Unreadable
    whole: bool = True
