"""Phrases that stand inside the sentences of `avtal.reading.catalogue`, in Swedish and English."""

from __future__ import annotations

from avtal.reading.catalogue import Sentences

PHRASED = frozenset({"detail", "found", "expected", "because", "kind", "other", "range"})
"""The args whose text may be a key of `PHRASES`."""

PHRASES: dict[str, Sentences] = {
    "not-toml": ("den är inte giltig TOML (rad {line})", "it is not valid TOML (line {line})"),
    "unknown-key": ("nyckeln `{key}` är okänd", "the key `{key}` is unknown"),
    "wrong-type": ("`{key}` har fel slags värde", "`{key}` has the wrong kind of value"),
    "source": (
        "`{key}` ska ha `table`, en tabells namn, och om den ska läsas hit `source`, en miljövariabels namn",
        "`{key}` needs `table`, a table's name, and if it is to be read here `source`, an environment variable's name",
    ),
    "file-name": ("`name` ska vara en fils namn i samma mapp", "`name` must be the name of a file in the same folder"),
    "file-twice": ("filen `{key}` har två avsnitt", "the file `{key}` has two sections"),
    "unknown-fact": ("underlaget `{key}` finns inte i avtalet", "the contract has no fact `{key}`"),
    "unknown-column": ("underlaget {fact} har ingen kolumn `{key}`", "the fact {fact} has no column `{key}`"),
    "mapped-and-constant": (
        "kolumnen {key} har både rubrik och konstant värde",
        "the column {key} has both a heading and a constant",
    ),
    "heading-unit": ("enheten i rubriken, {unit}", "the unit in the heading, {unit}"),
    "row-of": ("rad {line}", "row {line}"),
    "other-columns": ("filens andra kolumner", "the file's other columns"),
    "the-mapping": ("mapping.toml", "mapping.toml"),
    "key-in": ("en annan rad i {file}", "another row of {file}"),
    "other-rows": ("andra rader i kolumnen", "other rows of the column"),
    "key-at": ("{file}, rad {line}", "{file}, row {line}"),
    "a-number": ("ett tal", "a number"),
    "a-date": ("ett datum", "a date"),
    "yes-no": ("ja/nej", "yes/no"),
    "a-code": ("en kod", "a code"),
    "a-text": ("text", "text"),
    "a-choice": ("ett val", "a choice"),
    "plain-number": ("ett rent tal", "a plain number"),
    "from-to": ("{low} till {high}", "{low} to {high}"),
    "at-least": ("minst {low}", "at least {low}"),
    "at-most": ("högst {high}", "at most {high}"),
    "workbook": ("en Excelarbetsbok (.xlsx)", "an Excel workbook (.xlsx)"),
    "parquet": ("Parquet", "Parquet"),
    "dtd": ("den definierar egna XML-entiteter", "it defines XML entities of its own"),
    "expands": ("den packas upp till mer än {limit}", "it unpacks to more than {limit}"),
    "too-many-cells": ("bladet spänner över mer än {limit} celler", "the sheet spans more than {limit} cells"),
    "too-many-sheets": ("den har mer än {limit} blad", "it has more than {limit} sheets"),
    "unordered": ("celler står dubbelt eller i oordning, vid {cell}", "cells are doubled or out of order, at {cell}"),
    "parts": ("den har två delar med samma namn", "it has two parts of one name"),
}
"""Key → the phrase in Swedish and English."""
