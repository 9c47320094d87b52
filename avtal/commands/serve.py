"""`avtal serve`: answer over HTTP."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from avtal.commands import PATHS, Manner, option, subcommand
from avtal.errors import UnreadableError

CONTRACTS = Path("contracts")


@subcommand(
    "serve", "Svara över HTTP: kontrollera, räkna av och förklara avtal, med biblioteket och avtalen i en mapp."
)
@option("--host", default="127.0.0.1", show_default=True, sv="Adress att lyssna på.", en="Address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, sv="Port.", en="Port.")
@option(
    "--contracts",
    type=PATHS,
    default=None,
    sv="Mapp med avtal, ett i varje mapp; annars contracts där den finns.",
    en="Folder of contracts, one in each folder; else contracts where it exists.",
)
@option(
    "--keys",
    type=PATHS,
    default=None,
    sv="Fil med nycklar (avtal key new); annars avtal-keys.json där den finns.",
    en="File of keys (avtal key new); else avtal-keys.json where it exists.",
)
@option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    sv="Hur många frågor som räknas samtidigt; annars antalet kärnor.",
    en="How many questions are worked out at once; else the number of cores.",
)
@option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=20.0,
    show_default=True,
    sv="Hur länge en fråga får räknas.",
    en="How long a question may take.",
)
@option(
    "--job-seconds",
    type=click.FloatRange(0.1, 86400),
    default=600.0,
    show_default=True,
    sv="Hur länge ett jobb får räknas.",
    en="How long a job may take.",
)
@option(
    "--memory",
    type=click.IntRange(128, 1 << 20),
    default=1024,
    show_default=True,
    sv="Minne för en fråga, MiB.",
    en="Memory for a question, MiB.",
)
@option(
    "--job-memory",
    type=click.IntRange(128, 1 << 20),
    default=4096,
    show_default=True,
    sv="Minne för ett jobb, MiB.",
    en="Memory for a job, MiB.",
)
@option(
    "--body",
    type=click.IntRange(1, 1024),
    default=8,
    show_default=True,
    sv="Hur mycket en fråga får innehålla, MiB.",
    en="How much a question may hold, MiB.",
)
@option(
    "--job-body",
    type=click.IntRange(1, 1024),
    default=64,
    show_default=True,
    sv="Hur mycket ett jobb får innehålla, MiB.",
    en="How much a job may hold, MiB.",
)
@option(
    "--audit",
    type=PATHS,
    default=None,
    sv="Fil för loggen, en rad för varje anrop; annars standardfel.",
    en="File for the log, a line for every request; else standard error.",
)
def command(
    manner: Manner,
    host: str,
    port: int,
    contracts: Path | None,
    keys: Path | None,
    workers: int | None,
    seconds: float,
    job_seconds: float,
    memory: int,
    job_memory: int,
    body: int,
    job_body: int,
    audit: Path | None,
) -> int:
    """Answer over HTTP: check, settle and explain contracts, with the library and the contracts of a folder.

    Without keys the server answers this machine alone.
    """
    try:
        from avtal.server.keys import USUAL, KeyRing
        from avtal.server.pool import Bounds
        from avtal.server.run import serve
        from avtal.server.service import MIB, Service, Settings
        from avtal.server.watch import Audit
    except ImportError as error:
        raise UnreadableError(
            f"Servern är inte installerad ({error.name} saknas). Kör make setup-server, eller "
            "pip install 'avtal[server]'.",
            f"The server is not installed ({error.name} is missing). Run make setup-server, or pip install "
            "'avtal[server]'.",
        ) from None
    shelf = contracts if contracts is not None else CONTRACTS if CONTRACTS.is_dir() else None
    if shelf is not None and not shelf.is_dir():
        raise UnreadableError(f"Mappen {shelf} finns inte.", f"There is no folder {shelf}.")
    file = keys if keys is not None else USUAL if USUAL.exists() else None
    ring = KeyRing(file) if file is not None else None
    if ring is not None:
        ring.check()
    settings = Settings(
        contracts=shelf.resolve() if shelf is not None else None,
        workers=workers or os.cpu_count() or 1,
        direct=Bounds(seconds=seconds, memory=memory * MIB),
        job=Bounds(seconds=job_seconds, memory=job_memory * MIB),
        body=body * MIB,
        job_body=job_body * MIB,
    )
    try:
        out = audit.open("a", encoding="utf-8") if audit is not None else sys.stderr
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(
            f"{audit} går inte att skriva: {reason}.", f"{audit} can't be written: {reason}."
        ) from None
    service = Service(settings, ring, Audit(out))

    def announce(address: str) -> None:
        who_sv = f"nycklarna i {file}" if file is not None else "utan nycklar, bara den egna datorn"
        who_en = f"the keys of {file}" if file is not None else "without keys, this machine alone"
        manner.say(
            f"Lyssnar på {address} ({who_sv}). Beskrivning: {address}/v1/openapi.json. Avsluta med Ctrl+C.",
            f"Listening on {address} ({who_en}). Description: {address}/v1/openapi.json. End with Ctrl+C.",
        )

    try:
        serve(service, host, port, announce)
    finally:
        service.close()
        if audit is not None:
            out.close()
    return 0
