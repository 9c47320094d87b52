"""What is compared: a contract with its data, and of what its text is put together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from agree.forms import FormSpec, Param
from interpreter.facts import Row

PERIODS = (
    (date(2012, 1, 1), date(2012, 12, 31)),
    (date(2012, 1, 1), date(2012, 12, 31)),
    (date(2011, 7, 1), date(2012, 6, 30)),
    (date(2012, 1, 1), date(2013, 12, 31)),
    (date(2012, 2, 1), date(2012, 2, 29)),
    (date(2011, 12, 15), date(2012, 3, 14)),
    (date(2012, 2, 29), date(2012, 2, 29)),
)
FAR = ((date(1900, 1, 1), date(1900, 12, 31)), (date(2199, 1, 1), date(2199, 12, 31)))
RESULT = """fact result (resultat)
  key      clinic, indicator, measured
  dated    measured
  provider clinic
  indicator indicator value
  column clinic    : code
  column indicator : code
  column measured  : date
  column value     : % optional"""


@frozen
class Question:
    """What is asked for: days and parties; all of them when not said."""

    start: date | None = None
    end: date | None = None
    providers: tuple[str, ...] | None = None
    buyers: tuple[str, ...] | None = None


@frozen
class Case:
    """A contract with its data.

    Args:
        seed: from which it is made; a name for one that was found otherwise.
        text: the contract.
        data: rows by fact; a fact that is not there was never handed in.
    """

    seed: int | str
    text: str
    data: Mapping[str, tuple[Row, ...]]
    question: Question = Question()


@frozen
class Given:
    """What a clause says of one of its parameters, which another contract of the same forms may say otherwise.

    Args:
        param, form: the parameter, and the form that the clause is of.
        indent: what each line begins with.
        lines: what is said; nothing where the parameter is not given.
    """

    param: Param
    form: FormSpec
    indent: str
    lines: tuple[str, ...]


Piece = str | Given
HEAD = 600
"""How many characters a head is filled up to: forms are one form where they stand in the same place of a text."""
