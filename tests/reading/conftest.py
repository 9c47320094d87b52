"""Facts to read and a writer of files, for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from avtal.reading import Reading, read_data
from interpreter.facts import Column, Fact, Kind
from interpreter.units import KRONA, NUMBER, PERCENT

ADMISSION = Fact(
    name="admission",
    swedish="vårdtillfälle",
    columns=(
        Column(name="id", swedish="vårdkontakt", kind=Kind.CODE),
        Column(name="date", swedish="datum", kind=Kind.DATE),
        Column(name="cost", swedish="kostnad", kind=Kind.NUMBER, unit=KRONA, optional=True, low=Fraction(0)),
        Column(name="share", swedish="andel", kind=Kind.NUMBER, unit=PERCENT, optional=True, high=Fraction(1)),
        Column(name="weight", swedish="vikt", kind=Kind.NUMBER, unit=NUMBER, optional=True),
        Column(name="urgent", swedish="akut", kind=Kind.BOOL, optional=True),
        Column(
            name="kind",
            swedish="slag",
            kind=Kind.CHOICE,
            choices=(("inpatient", "sluten"), ("outpatient", "öppen")),
            optional=True,
        ),
        Column(name="note", swedish="kommentar", kind=Kind.TEXT, optional=True),
        Column(name="provider", swedish="vårdgivare", kind=Kind.CODE, optional=True),
    ),
    keys=("id",),
    dated="date",
    provider="provider",
)
VISIT = Fact(
    name="visit", swedish="besök", columns=(Column(name="count", swedish="antal", kind=Kind.NUMBER, optional=True),)
)

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write files into a folder of their own and read the folder: `read({"vardtillfallen.csv": text}, …)`."""

    def write_and_read(files: dict[str, str | bytes], mapping: str = "", *, facts: tuple[Fact, ...] = ()) -> Reading:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        if mapping:
            (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
        return read_data([folder], facts or (ADMISSION, VISIT))

    return write_and_read


@pytest.fixture
def admissions(read: Read) -> Callable[..., Reading]:
    """Read one CSV of admissions."""
    return lambda text, mapping="": read({"vardtillfallen.csv": text}, mapping)


@pytest.fixture(scope="session")
def admission() -> Fact:
    """The fact that the files are admissions of."""
    return ADMISSION
