"""How much a text may ask for."""

from __future__ import annotations

MAX_BYTES = 256 * 1024
MAX_TOKENS = 50_000
MAX_DEPTH = 64
MAX_PROBLEMS = 1000
MAX_NAME = 63
