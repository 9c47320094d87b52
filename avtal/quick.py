"""`avtal settle` in the ways it is mostly called, read without the library that reads every command line.

Importing that library takes longer than settling a small contract that has not changed. What is not written plainly
(help, abbreviations, anything unknown or missing) is left to it, so that there is one place that knows what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import field, frozen

from avtal.engines import warm
from avtal.engines.means import AUTO, DUCKDB, ENGINES, Means
from avtal.manner import LANGUAGES, Manner, ended
from dsl.alike import Alike

FLAGS = {
    "--show-lines": ("show_lines", True),
    "--no-snapshot": ("no_snapshot", True),
    "--refuse-outside": ("refuse_outside", True),
    "--color": ("colour", True),
    "--no-color": ("colour", False),
}
ONE = {"--mapping": "mapping", "--period": "period", "-O": "form", "-o": "output", "--lines": "lines_file"}
ONE |= {"--lang": "language", "--engine": "engine"}
MANY = {"--data": "data", "--provider": "providers", "--buyer": "buyers"}


@frozen(eq=False, repr=False)
class Call(Alike):
    """What `avtal settle` was called with; what was not given is `None` or empty."""

    paths: tuple[str, ...]
    one: dict[str, str] = field(factory=dict)
    many: dict[str, tuple[str, ...]] = field(factory=dict)
    flags: dict[str, bool] = field(factory=dict)


def understood(arguments: Sequence[str]) -> Call | None:
    """A command line that is written plainly, or `None`."""
    if not arguments or arguments[0] != "settle" or "_AVTAL_COMPLETE" in os.environ:
        return None
    paths: list[str] = []
    one: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    flags: dict[str, bool] = {}
    rest = iter(arguments[1:])
    for given in rest:
        name, sign, value = given.partition("=") if given.startswith("--") else (given, "", "")
        if not given.startswith("-") and given:
            paths.append(given)
        elif name in FLAGS and not sign:
            flags[FLAGS[name][0]] = FLAGS[name][1]
        elif name in ONE or name in MANY:
            value = value if sign else next(rest, "")
            if not value or value.startswith(("-", "table:")) or "://" in value:  # a table of a database, perhaps
                return None
            if name in ONE:
                one[ONE[name]] = value
            else:
                many[MANY[name]] = (*many.get(MANY[name], ()), value)
        else:
            return None
    return Call(tuple(paths), one, many, flags) if paths else None


def quick(arguments: Sequence[str]) -> int | None:
    """Run a command that is written plainly; `None` when it is not."""
    call = understood(arguments)
    if call is None:
        return None
    one, many = call.one, call.many
    form, language, engine = one.get("form"), one.get("language", ""), one.get("engine", AUTO)
    data = many.get("data") or [f"{path}/data" for path in call.paths]
    if engine in (AUTO, DUCKDB) and warm.large(map(Path, data)):
        warm.begin(warm.configured())
    from avtal.settling import FORMS, Asked, settle

    if form not in (None, *FORMS) or language not in ("", *LANGUAGES) or engine not in ENGINES:
        return None
    manner = Manner(language, call.flags.get("colour"))
    what = Asked(
        tuple(map(Path, many.get("data", ()))),
        _path(one.get("mapping")),
        one.get("period", ""),
        many.get("providers", ()),
        many.get("buyers", ()),
        Means(engine=engine, keep=not call.flags.get("no_snapshot", False), ends=True),
        refuse_outside=call.flags.get("refuse_outside", False),
    )
    work: Callable[[], int] = lambda: settle(  # noqa: E731
        manner,
        tuple(map(Path, call.paths)),
        what,
        form=form,
        output=_path(one.get("output")),
        show_lines=call.flags.get("show_lines", False),
        lines_file=_path(one.get("lines_file")),
    )
    try:
        return ended(manner, work)
    finally:
        warm.close()


def _path(given: str | None) -> Path | None:
    return Path(given) if given is not None else None
