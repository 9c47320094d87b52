"""How headings are compared; imports nothing of this project, since the children that read files need it too."""

from __future__ import annotations

import re
import unicodedata

_BETWEEN = re.compile(r"[\s_\-]+")


def fold(name: str) -> str:
    """`name` as headings are compared: composed, without case, blanks, underscores and hyphens."""
    composed = name if name.isascii() else unicodedata.normalize("NFC", name)
    return _BETWEEN.sub("", composed).casefold()
