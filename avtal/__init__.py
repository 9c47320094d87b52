"""Avtal: payment contracts as text that computes. What `import avtal` offers is listed in `__all__`.

Names are fetched when they are first used, so that the command line starts without loading the engine.
"""

from __future__ import annotations

from importlib import import_module

# At once: the module of that name would else take the function's place as soon as anything had imported it.
from avtal.version import version as version

_FROM = {
    "AvtalError": "avtal.errors",
    "DataError": "avtal.errors",
    "UnreadableError": "avtal.errors",
    "Means": "avtal.engines.means",
    "Difference": "avtal.diffing.difference",
    **dict.fromkeys(
        (
            "Contract",
            "amounts_sha256",
            "check",
            "diff",
            "compare",
            "explain",
            "find_clause",
            "format_text",
            "load",
            "provenance",
            "read",
            "settle",
            "test",
            "version",
        ),
        "avtal.api",
    ),
    **dict.fromkeys(("checked", "explained", "formatted", "settled", "tested"), "avtal.answering"),
    **dict.fromkeys(("from_data", "to_data", "to_json"), "avtal.structure"),
    **dict.fromkeys(("form", "forms"), "avtal.library"),
    "differed": "avtal.diffing.answer",
    "refusal": "avtal.findings",
}
__all__ = sorted(_FROM)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _FROM:
        raise AttributeError(f"module 'avtal' has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)
