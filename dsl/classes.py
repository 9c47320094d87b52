"""`define`, `frozen`, `field`, `evolve` and `fields` as in attrs, for the classes of this program.

A type checker sees attrs itself. A running program gets the same classes from `dsl.making`, which starts faster.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` says too, without importing it

if TYPE_CHECKING:
    from attrs import define, evolve, field, fields, frozen
else:
    from dsl.making import define, evolve, field, fields, frozen

__all__ = ["define", "evolve", "field", "fields", "frozen"]
