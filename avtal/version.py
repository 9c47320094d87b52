"""Which Avtal this is."""

from __future__ import annotations


def version() -> str:
    """The version of Avtal."""
    from importlib.metadata import PackageNotFoundError, version as installed

    try:
        return installed("avtal")
    except PackageNotFoundError:
        return "0+source"
