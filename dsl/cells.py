"""Numbers in the cells of a table, as far as they can be told without knowing what a column holds."""

from __future__ import annotations

import re

NUMBER_CELL = re.compile(
    "(-?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,5}|[0-9]{1,18})((?:[.,][0-9]{1,6})?)"
    "[ \u00a0\u202f]?([A-Za-zåäöÅÄÖ_%][^ ]*)?"
)
"""A number with its sign, whole part, decimals and unit."""

_THREE_DECIMALS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_BLANKS = str.maketrans("", "", " \u00a0\u202f")


def same(text: str) -> str:
    """What two cells have in common when they hold the same: `2,3 %` is `2,3%`, and `38500 kr` is `38 500 kr`."""
    match = NUMBER_CELL.fullmatch(text)
    return text.translate(_BLANKS) if match and match.group(4) else text


def perhaps_thousands(digits: str) -> dict[str, str] | None:
    """What to tell of digits whose decimal sign may have been meant to group thousands (`1,500`); `None` of others."""
    if not _THREE_DECIMALS.fullmatch(digits):
        return None
    read = digits.rstrip("0").rstrip(",.")
    reads = {"read_en": read.replace(",", "."), "read_sv": read.replace(".", ",")}
    return {"found": digits, "grouped": re.sub("[.,]", " ", digits), **reads}
