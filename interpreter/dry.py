"""Ledgers without data, in which checks work out what the text alone decides."""

from __future__ import annotations

from interpreter import core
from interpreter.evaluate import evaluate
from interpreter.lookup import TableIndex
from interpreter.runtime import Ledger
from interpreter.values import Days

Tables = dict[str, TableIndex]
"""The tables of a program by name, indexed."""


def indexed(program: core.Program) -> Tables:
    """The tables, indexed once for all clauses and days of a check."""
    return {name: TableIndex(table) for name, table in program.tables.items()}


def dry_ledger(program: core.Program, day: Days, tables: Tables) -> Ledger:
    """A ledger without data, in which what needs none can be worked out."""
    code = program.terms.providers[0][1] if program.terms.providers else ""
    return Ledger(program, {}, tables, code, None, day, evaluate)
