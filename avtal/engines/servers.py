"""Engines that somebody else runs, by their addresses: PostgreSQL, Spark Connect, and the Spark of this environment.

Guarantees: no message holds an address, which may hold a password or a token; what is not reached says what to do.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from avtal.engines.means import CONNECT, POSTGRES, SPARK, Means
from avtal.errors import UnreadableError
from avtal.reading.places import Database
from interpreter.sets.relation import EngineError

CONNECT_PORT, POSTGRES_PORT = 15002, 5432
"""Where Spark Connect and PostgreSQL listen when an address names no port."""

_SECONDS = 10
_HOST = re.compile(r"[A-Za-z0-9_.:-]+")
_DRIVER = re.compile(r"^postgres(?:ql)?(?:\+[a-z0-9_]+)?://")
_PROXIES = ("http_proxy", "https_proxy", "grpc_proxy", "all_proxy")


def connected(means: Means) -> Any:
    """A session with the server that is to settle: an `interpreter.sets.relation.Engine` that can be closed.

    Args:
        means: what to settle with; its `engine` is the address of a server, or `spark`.

    Raises:
        UnreadableError: nobody answers there, not to this user, or what talks to it is not installed.
    """
    return _spark(means) if means.engine == SPARK or means.engine.startswith(CONNECT) else _postgres(means.engine)


def lies_there(database: Database, means: Means) -> bool:
    """Whether a table lies on the server that is to settle: by the name alone, or by the same address."""
    if not database.url:
        return True
    own = _DRIVER.sub("postgresql://", means.engine)
    return means.engine.startswith(POSTGRES) and _DRIVER.sub("postgresql://", database.url) == own


def _postgres(address: str) -> Any:
    try:
        from avtal.engines.postgres import PostgresEngine
    except ImportError:
        raise UnreadableError(
            "Att räkna i PostgreSQL kräver ett tillägg: pip install 'avtal[postgres]'.",
            "Reckoning in PostgreSQL takes an extra: pip install 'avtal[postgres]'.",
        ) from None
    try:
        return PostgresEngine(address)
    except EngineError as error:
        found = _listener(address, POSTGRES_PORT)
        sv, en = (f" {word} {found[0]}:{found[1]}" if found is not None else "" for word in ("på", "at"))
        raise UnreadableError(
            f"Databasen i --engine svarar inte{sv} ({error}). Kontrollera adress, användare och lösenord.",
            f"The database of --engine does not answer{en} ({error}). Check the address, the user and the password.",
        ) from None


def _spark(means: Means) -> Any:
    try:
        from avtal.engines.spark import SparkEngine, of_environment
    except ImportError:
        raise UnreadableError(
            "Att räkna i Spark kräver ett tillägg: pip install 'avtal[spark]'.",
            "Reckoning in Spark takes an extra: pip install 'avtal[spark]'.",
        ) from None
    address = os.environ.get("SPARK_REMOTE", "") if means.engine == SPARK and means.session is None else ""
    if means.engine != SPARK:
        address = means.engine
    if address.startswith(CONNECT):
        _reachable(address)
    elif not address and means.session is None:
        _java()
    try:
        if means.session is not None:
            return SparkEngine(means.session)
        return SparkEngine(address) if address.startswith(CONNECT) else of_environment(means.memory)
    except ImportError:
        raise UnreadableError(
            "Spark Connect kräver fler delar av tillägget: pip install 'avtal[spark]'.",
            "Spark Connect takes more parts of the extra: pip install 'avtal[spark]'.",
        ) from None
    except EngineError as error:
        raise UnreadableError(
            f"Spark i --engine svarar inte ({error}). Kontrollera adressen, porten och token; utan adress gäller "
            "SPARK_REMOTE eller ett Spark på den här datorn, som behöver Java 17 eller senare.",
            f"The Spark of --engine does not answer ({error}). Check the address, the port and the token; without an "
            "address it is SPARK_REMOTE, or a Spark on this machine, which needs Java 17 or later.",
        ) from None


def _reachable(address: str) -> None:
    """See to it that somebody listens: the client of Spark would go on asking for ten minutes.

    Raises:
        UnreadableError: nobody does, or the address has no such form.
    """
    found = _listener(address, CONNECT_PORT)
    if found is None:
        raise UnreadableError(
            "Adressen i --engine har inte formen sc://värd:port/;token=….",
            "The address of --engine has not the form sc://host:port/;token=….",
        )
    host, port = found
    if any(os.environ.get(name) or os.environ.get(name.upper()) for name in _PROXIES):
        return
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError:
        raise UnreadableError(
            f"Ingen Spark Connect-server svarar på {host}:{port}. Kontrollera adressen, och att servern är igång.",
            f"No Spark Connect server answers at {host}:{port}. Check the address, and that the server runs.",
        ) from None


def _listener(address: str, usual: int) -> tuple[str, int] | None:
    """The host and port of an address; `None` where it has none, or has what may be a part of a password there."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or usual
    except ValueError:
        return None
    # A password with a sign such as `/` in it ends the host for some, and the `@` after it stands behind that.
    behind = "" if address.startswith(CONNECT) else parts.path + parts.query + parts.fragment
    return (host, port) if host and _HOST.fullmatch(host) and "@" not in behind else None


def _java() -> None:
    """See to it that a Spark of this machine can start, unless one runs already.

    Raises:
        UnreadableError: there is no Java.
    """
    from pyspark.sql import SparkSession

    home = os.environ.get("JAVA_HOME", "")
    there = (Path(home) / "bin" / "java").is_file() if home else shutil.which("java") is not None
    if not there and SparkSession.getActiveSession() is None:
        raise UnreadableError(
            "Spark på den här datorn behöver Java 17 eller senare, som inte finns. Installera Java och sätt JAVA_HOME, "
            "eller ange servern: --engine sc://värd:port eller variabeln SPARK_REMOTE.",
            "A Spark on this machine needs Java 17 or later, which is not there. Install Java and set JAVA_HOME, "
            "or name the server: --engine sc://host:port or the variable SPARK_REMOTE.",
        )


__all__ = ["connected", "lies_there"]
