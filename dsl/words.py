"""How words, numbers and units are written in one vocabulary. Used by the formatter; knows the lexicon and no form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from dsl.alike import Alike
from dsl.cells import NUMBER_CELL
from dsl.lexicon import ENGLISH_UNIT, KEYWORDS, LANGUAGES, NAMES, UNITS
from dsl.spans import Span

TYPE_CHECKING = False  # a number of a report is spelled without the nodes of a text
if TYPE_CHECKING:
    from dsl import nodes as n

_WORD = re.compile(r'"[^"\n]*"|#[^\n]*|[A-Za-zåäöÅÄÖ_]+')
_NUMBER = re.compile("([0-9 \u00a0\u202f]+)(?:([.,])([0-9]+))?")
_UNCOUNTED = frozenset({"%", "kr", "öre", "tkr", "mkr", "eur"})

_ONLY_ENGLISH = frozenset({en for en, _ in KEYWORDS.values()} | set(NAMES)) - frozenset(
    {sv for _, sv in KEYWORDS.values()} | set(NAMES.values())
)
_ONLY_SWEDISH = frozenset({sv for _, sv in KEYWORDS.values()} | set(NAMES.values())) - frozenset(
    {en for en, _ in KEYWORDS.values()} | set(NAMES)
)


def language_of(text: str) -> str:
    """The vocabulary that a text is written in, `en` or `sv`: the one that more of its core words belong to.

    Texts in quotes and comments do not count. Without any core word, or with as many of each, it is English.
    """
    english = swedish = 0
    for match in _WORD.finditer(text):
        word = match.group()
        english += word in _ONLY_ENGLISH
        swedish += word in _ONLY_SWEDISH
    return "sv" if swedish > english else "en"


@frozen(eq=False, repr=False)
class Words(Alike):
    """The words to write with.

    Args:
        language: whose words the language's own words are written in.
        convert: whether units and decimal signs are turned into that language too; otherwise they stay as written.
        rename: new text for single names, numbers and cells, by their span in the text that they were read from.
    """

    language: str
    convert: bool = False
    rename: Mapping[Span, str] = field(factory=dict)

    def word(self, terminal: str) -> str:
        """The word or phrase of a terminal of the grammar."""
        return KEYWORDS[terminal][LANGUAGES.index(self.language)]

    def name(self, name: n.Name) -> str:
        """A name as it is to be written."""
        return self.rename.get(name.span, name.id)

    def text(self, text: n.Text) -> str:
        """A text in its quotes, as it is to be written."""
        return self.rename.get(text.span, f'"{text.value}"')

    def number(self, number: n.Number, *, group: bool) -> str:
        """A number's digits.

        Args:
            number: the number; one that no text caused is written from its value.
            group: whether five digits or more are split into thousands: they are an amount, not a code or a year.
        """
        if number.span in self.rename:
            return self.rename[number.span]
        return self.digits(number.text or decimal(number.value), group=group)

    def digits(self, text: str, *, group: bool) -> str:
        """Digits as they are to be written, from digits as they were written."""
        match = _NUMBER.fullmatch(text)
        if match is None:
            return text
        whole, sign, decimals = match.groups()
        whole = re.sub("[\u00a0\u202f]", " ", whole)
        plain = whole.replace(" ", "")
        if group and len(plain) >= 5:
            head = len(plain) % 3 or 3
            whole = " ".join([plain[:head], *(plain[at : at + 3] for at in range(head, len(plain), 3))])
        if not sign:
            return whole
        mark = sign if not self.convert else "," if self.language == "sv" else "."
        return f"{whole}{mark}{decimals}"

    def unit(self, text: str, value: Fraction) -> str:
        """A unit such as `visits` or `kr/visit` after a number of that value; only core units are turned."""
        if not self.convert or text == "%":
            return text
        first, *below = text.split("/")
        return "/".join(
            [self._unit(first, several=abs(value) != 1), *(self._unit(part, several=False) for part in below)]
        )

    def _unit(self, text: str, *, several: bool) -> str:
        core = ENGLISH_UNIT.get(text)
        if core is None:
            return text
        spellings = UNITS[core][LANGUAGES.index(self.language)]
        if core in _UNCOUNTED:
            return text if text in spellings else spellings[0]
        return spellings[1] if several and len(spellings) > 1 else spellings[0]

    def cell(self, cell: n.Cell, *, heading: bool) -> str:
        """A cell's text: an amount with a unit is written like any other, the rest as it stands.

        Args:
            cell: the cell.
            heading: whether it stands in the table's first row, where `from` and `to` are words of the language.
        """
        if cell.span in self.rename:
            return self.rename[cell.span]
        if heading and self.convert:
            for terminal in ("FROM", "TO"):
                if cell.text in KEYWORDS[terminal]:
                    return self.word(terminal)
        match = NUMBER_CELL.fullmatch(cell.text)
        if match is None:
            return cell.text
        minus, whole, decimals, unit = match.groups()
        span = cell.span
        declared = self.rename.get(Span(span.file, span.end - len(unit or ""), span.end))
        if declared is None and not is_unit(unit or ""):
            return cell.text
        value = Fraction(re.sub("[ \u00a0\u202f]", "", whole + decimals).replace(",", "."))
        return minus + attached(self.digits(whole + decimals, group=True), declared or self.unit(unit, value))


def is_unit(word: str) -> bool:
    """Whether a name after a number can only be its unit: a core unit, or one with a `/`."""
    return word.startswith("%") or "/" in word or word in ENGLISH_UNIT


def is_number(cell: str) -> bool:
    """Whether a cell's text is a number, perhaps with a unit."""
    return NUMBER_CELL.fullmatch(cell) is not None


def attached(digits: str, unit: str) -> str:
    """A number with its unit: `80%`, but `38 500 kr`."""
    return f"{digits}{unit}" if unit.startswith("%") else f"{digits} {unit}"


def decimal(value: Fraction) -> str:
    """The shortest decimal text of a value that has one with at most 6 decimals.

    Raises:
        ValueError: it has none, or the value is negative: no number of the language is.
    """
    scaled = value * 10**6
    if scaled.denominator != 1 or scaled < 0:
        raise ValueError(f"{value} can't be written as a number")
    whole, rest = divmod(scaled.numerator, 10**6)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")
