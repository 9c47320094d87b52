"""API keys: made once, kept as hashes, each with what it may do and which buyers it may see.

A key is `avtal_` with an id and 256 random bits. The file keeps SHA-256 of it, and no salt or slow hash: those guard
words that people choose, which can be guessed, and nobody guesses 256 random bits; a slow hash would let whoever sends
false keys keep the server busy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import cattrs
from attrs import define, field, frozen

from avtal.errors import UnreadableError
from avtal.structure import from_data, to_json

SCOPES = ("read", "settle")
EVERY = "*"
"""The region that stands for all buyers."""
USUAL = Path("avtal-keys.json")
PREFIX = "avtal_"
LARGEST = 1 << 20
_NOBODY = hashlib.sha256(b"").hexdigest()


@frozen(kw_only=True)
class Key:
    """What is kept of a key.

    Args:
        id: what the audit log calls it; no secret.
        name: whose it is.
        digest: SHA-256 of the whole key.
        scopes: of `SCOPES`.
        regions: the codes of the buyers that it may see, or `EVERY`.
        created: the day, in UTC.
    """

    id: str
    name: str
    digest: str
    scopes: tuple[str, ...]
    regions: tuple[str, ...]
    created: str

    def sees(self, buyer: str) -> bool:
        """Whether it may see a buyer, by its code."""
        return EVERY in self.regions or buyer in self.regions

    @property
    def unbounded(self) -> bool:
        """Whether it may see all buyers."""
        return EVERY in self.regions


@frozen(kw_only=True)
class _File:
    keys: tuple[Key, ...]


OPEN = Key(id="", name="", digest="", scopes=SCOPES, regions=(EVERY,), created="")
"""Who asks a server without keys, which answers this machine alone."""


def digest(token: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(name: str, scopes: Collection[str], regions: Collection[str], *, now: datetime) -> tuple[str, Key]:
    """A new key: what its owner is given, once, and what is kept."""
    identity = secrets.token_hex(4)
    token = f"{PREFIX}{identity}_{secrets.token_urlsafe(32)}"
    kept = Key(
        id=identity,
        name=name,
        digest=digest(token),
        scopes=tuple(one for one in SCOPES if one in scopes),
        regions=tuple(sorted(set(regions))),
        created=now.astimezone(UTC).date().isoformat(),
    )
    return token, kept


def read(path: Path) -> tuple[Key, ...]:
    """The keys of a file.

    Raises:
        UnreadableError: it can't be read, or is not in the form that `avtal key` writes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        found = from_data(_File, json.loads(data))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(f"{path} går inte att läsa: {reason}.", f"{path} can't be read: {reason}.") from None
    except (ValueError, TypeError, AttributeError, RecursionError, cattrs.BaseValidationError):
        raise UnreadableError(
            f"{path} är ingen fil med nycklar. Gör den med avtal key new.",
            f"{path} is no file of keys. Make it with avtal key new.",
        ) from None
    odd = [key.id for key in found.keys if not set(key.scopes) <= set(SCOPES)]
    if odd:
        raise UnreadableError(
            f"{path}: nyckeln {odd[0]} har en okänd behörighet.", f"{path}: the key {odd[0]} has an unknown scope."
        )
    return found.keys


def write(path: Path, keys: Collection[Key]) -> None:
    """Write a file of keys whole, for its owner's eyes only.

    Raises:
        UnreadableError: it can't be written.
    """
    name = ""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(to_json(_File(keys=tuple(keys))))
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise UnreadableError(f"{path} går inte att skriva: {reason}.", f"{path} can't be written: {reason}.") from None


@define(eq=False)
class KeyRing:
    """The keys of a file, read again when the file has changed, so that a key that is taken away is away at once."""

    path: Path
    _seen: tuple[int, int, int] = (0, 0, 0)
    _keys: dict[str, Key] = field(factory=dict)

    def check(self) -> None:
        """Read the file when it has changed; one that can't be read any more lets nobody in.

        Raises:
            UnreadableError: it can't be read.
        """
        try:
            found = self.path.stat()
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            seen = (-1, -1, -1)
        if seen == self._seen:
            return
        self._keys = {}
        self._seen = seen
        self._keys = {key.id: key for key in read(self.path)}

    def find(self, token: str) -> Key | None:
        """The key that a token is, in a time that does not tell how much of it is right."""
        try:
            self.check()
        except UnreadableError:
            return None
        identity = token.removeprefix(PREFIX).partition("_")[0]
        key = self._keys.get(identity)
        same = hmac.compare_digest(digest(token), key.digest if key is not None else _NOBODY)
        return key if same and key is not None else None
