"""Where data are besides files: a table of a database, by its address."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import field, frozen

from avtal.errors import UnreadableError
from dsl.alike import Alike

TABLE = "table:"
"""How the name of a table begins that lies on the server that settles."""

_ADDRESS = re.compile(r"[a-z][a-z0-9_+.-]*://[^#]*#.+")


@frozen(eq=False, repr=False)
class Database(Alike):
    """A table of a database.

    Args:
        url: SQLAlchemy's address of the database; empty for the server that settles.
        table: the table or view, with its schema before a dot if it is not the usual one.
    """

    url: str = field(repr=False)
    table: str

    @property
    def name(self) -> str:
        """What it is called to the user: the table, without its schema."""
        return self.table.rpartition(".")[2]

    @property
    def file(self) -> Path | None:
        """The file that the address of SQLite names, if it names one."""
        kind, _, file = self.url.partition("/" * 3)
        return Path(file.partition("?")[0]) if kind.startswith("sqlite") and file else None


def address(text: str) -> Database | None:
    """The table that an address like `postgresql+psycopg://host/base#schema.table` means; `None` when it is none."""
    if not _ADDRESS.fullmatch(text):
        return None
    url, _, table = text.partition("#")
    return Database(url, table)


def place(given: str | Path | Database) -> Path | Database:
    """Where the data are that a person or a program names.

    Raises:
        UnreadableError: it is empty, or looks like an address or a table's name, and names no table.
    """
    if given == "":
        raise UnreadableError(
            "En tom sökväg säger inte var underlaget är. Skriv . för den mapp som kommandot körs i.",
            "An empty path doesn't say where the data are. Write . for the folder that the command runs in.",
        )
    if isinstance(given, str) and given.startswith(TABLE):
        return Database("", named(given))
    if not isinstance(given, str) or "://" not in given:
        return Path(given) if isinstance(given, str) else given
    found = address(given)
    if found is None:
        scheme = given.partition("://")[0]
        raise UnreadableError(
            f"Adressen säger ingen tabell: skriv {scheme}://värd/databas#schema.tabell.",
            f"The address names no table: write {scheme}://host/database#schema.table.",
        )
    return found


def named(given: str) -> str:
    """The name of a table in `table:schema.name`.

    Raises:
        UnreadableError: a part of the name is empty.
    """
    name = given.removeprefix(TABLE)
    if not all(name.split(".")):
        raise UnreadableError(
            "Tabellen saknar namn: skriv table:schema.tabell.", "The table has no name: write table:schema.table."
        )
    return name
