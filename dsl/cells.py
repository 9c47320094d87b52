"""Numbers in the cells of a table, as far as they can be told without knowing what a column holds."""

from __future__ import annotations

import re

NUMBER_CELL = re.compile(
    "(-?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,5}|[0-9]{1,18})((?:[.,][0-9]{1,6})?)"
    "[ \u00a0\u202f]?([A-Za-zåäöÅÄÖ_%][^ ]*)?"
)
"""A number with its sign, whole part, decimals and unit."""

_BLANKS = str.maketrans("", "", " \u00a0\u202f")


def same(text: str) -> str:
    """What two cells have in common when they hold the same: `2,3 %` is `2,3%`, and `38500 kr` is `38 500 kr`."""
    match = NUMBER_CELL.fullmatch(text)
    return text.translate(_BLANKS) if match and match.group(4) else text
