"""The set engine with a fault in it: its modules, one of them changed, under a package name of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from attrs import frozen

import interpreter.sets

PACKAGE = "planted_sets"
HOME = Path(interpreter.sets.__file__ or "").parent
SHARED = "relation"
"""What data are brought to an engine as: it stays the original, for both sides raise and catch its errors."""


@frozen
class Fault:
    """A change of the lowering that must not go unnoticed.

    Args:
        name: what is wrong, in a few words.
        module: which module of `interpreter/sets` it is in.
        old, new: what stands there once, and what it is changed to.
    """

    name: str
    module: str
    old: str
    new: str


class _Finder(MetaPathFinder, Loader):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """A module of the package."""
        del path, target
        if fullname != PACKAGE and not fullname.startswith(f"{PACKAGE}."):
            return None
        return spec_from_loader(fullname, self, is_package=fullname == PACKAGE)

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's source, with the fault if it is the one."""
        name = module.__name__.removeprefix(PACKAGE).removeprefix(".") or "__init__"
        file = HOME / f"{name}.py"
        exec(compile(source(name, self.fault), str(file), "exec"), module.__dict__)  # noqa: S102


def source(name: str, fault: Fault | None = None) -> str:
    """A module's source as it is run in the package.

    Raises:
        ValueError: what the fault changes does not stand there exactly once.
    """
    text = (HOME / f"{name}.py").read_text("utf-8")
    if fault is not None and name == fault.module:
        if text.count(fault.old) != 1:
            raise ValueError(f"{fault.name}: {text.count(fault.old)} times in {name}.py: {fault.old!r}")
        text = text.replace(fault.old, fault.new)
    shared = f"interpreter.sets.{SHARED}"
    return text.replace(shared, "\0").replace("interpreter.sets", PACKAGE).replace("\0", shared)


@contextmanager
def planted(fault: Fault) -> Iterator[str]:
    """The name of a package in which the fault is, as long as the context lasts.

    Raises:
        ValueError: what the fault changes does not stand there exactly once.
    """
    source(fault.module, fault)
    finder = _Finder(fault)
    sys.meta_path.insert(0, finder)
    try:
        yield PACKAGE
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n in sys.modules if n == PACKAGE or n.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
