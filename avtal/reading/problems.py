"""What can be wrong with a data file: one code per mistake, with its reason and what to do, in Swedish and English.

Guarantees: a problem carries at most the one offending cell, cut at `CUT` characters and with every invisible or
control character written out, so that neither a patient's row nor a terminal escape reaches a log.
"""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from dsl.alike import Alike

Language = Literal["sv", "en"]

CUT = 40
"""The most characters of a cell that a problem may show."""

KEPT = 1000
"""The most problems that are kept per file; the rest are counted in one `AVD99`."""


def visible(text: str, cut: int = CUT) -> str:
    """`text` with characters that don't print written as escapes, cut at `cut` characters."""
    short = text if len(text) <= cut else text[: cut - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


@frozen(kw_only=True, eq=False, repr=False)
class DataProblem(Alike):
    """One thing that is wrong with a data file.

    Args:
        code: `AVD01` …, a key of `CATALOGUE`; never reused for another mistake.
        file: the file's name as given to the user.
        row: the 1-based line of a text file, row of a sheet or record of a Parquet file; 0 is the whole file.
        column: the heading in the file (or the fact's column when the file has no such heading); may be empty.
        value: the cell's text as `visible` shows it; may be empty.
        args: (name, text) pairs that the catalogue's sentences use; `fact_sv` is `fact` in Swedish sentences.
        key: the row's key, where rows have no numbers: in a table on a server; may be empty.
    """

    code: str
    file: str
    row: int = 0
    column: str = ""
    value: str = ""
    args: tuple[tuple[str, str], ...] = ()
    key: str = ""

    def text(self, lang: Language) -> str:
        """The reason and what to do about it, without the place."""
        from avtal.reading.catalogue import CATALOGUE
        from avtal.reading.phrases import PHRASED, PHRASES

        reason, advice = CATALOGUE[self.code][0 if lang == "sv" else 1]
        words = {"value": self.value, "column": self.column, **dict(self.args)}
        if lang == "sv":
            words.update({name.removesuffix("_sv"): said for name, said in self.args if name.endswith("_sv")})
        for name in PHRASED & words.keys():
            if words[name] in PHRASES:
                words[name] = PHRASES[words[name]][0 if lang == "sv" else 1].format_map(words)
        suggestions = words.pop("suggestions", "")
        sentences = f"{reason.format_map(words)}. {advice.format_map(words)}."
        if suggestions:
            sentences += f" Menade du {suggestions}?" if lang == "sv" else f" Did you mean {suggestions}?"
        return sentences

    def heading(self, lang: Language) -> str:
        """The column: the heading in the file, or the fact's column in the reader's language; may be empty."""
        return dict(self.args).get("column_sv", self.column) if lang == "sv" else self.column

    def where(self, lang: Language) -> str:
        """The place: file, row and column, as far as they are known."""
        row, key, column = ("rad", "nyckel", "kolumn") if lang == "sv" else ("row", "key", "column")
        parts = [self.file]
        if self.row:
            parts.append(f"{row} {self.row}")
        if self.key:
            parts.append(f"{key} {self.key}")
        if self.column:
            parts.append(f"{column} {self.heading(lang)}")
        return ", ".join(parts)


def named(what: str, english: str, swedish: str) -> tuple[tuple[str, str], ...]:
    """The args of a problem that names a thing with two names: `fact`, and `fact_sv` where there is a Swedish one."""
    return ((what, english), *(((f"{what}_sv", swedish),) if swedish else ()))


def suggest(candidates: list[str]) -> tuple[tuple[str, str], ...]:
    """The args of a problem that names the nearest right spellings, best first; empty when there are none."""
    return (("suggestions", ", ".join(f"`{visible(c, 80)}`" for c in candidates)),) if candidates else ()
