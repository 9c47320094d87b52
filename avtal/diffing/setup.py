"""Setting up a clone so that git shows contracts: the attribute, the diff driver, the difftool, and the hook.

Everything but `.gitattributes` is a setting of this clone: git runs no program that a repository brings along.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from attrs import frozen

from avtal.diffing.git import git, text
from avtal.errors import UnreadableError

ATTRIBUTE = "*.avtal diff=avtal text eol=lf"
HEADS = "^([^ #|].*)$"
"""The lines that head a piece of a diff: what stands at the margin. git shows the outer group."""
MARK = "# avtal init --git --hook"


@frozen
class Step:
    """One thing that was done, or was done already."""

    sv: str
    en: str


def program() -> str:
    """How git is to start the program: by its interpreter, so that it needs no activated environment."""
    return f"{shlex.quote(sys.executable)} -m avtal.cli"


def settings() -> dict[str, str]:
    """The settings of a clone, by their names."""
    return {
        "diff.avtal.command": f"{program()} diff --driver",
        "diff.avtal.textconv": f"{program()} diff --textconv",
        "diff.avtal.xfuncname": HEADS,
        "difftool.avtal.cmd": f'{program()} diff --shown-at "$MERGED" "$LOCAL" "$REMOTE"',
    }


def install(folder: Path, *, hook: bool = False) -> list[Step]:
    """Set up the clone around a folder; what is there already stays.

    Raises:
        UnreadableError: there is no git repository, or another pre-commit hook.
    """
    top = _top(folder)
    done = [_attribute(top)]
    for name, value in settings().items():
        if _setting(name, top) == value:
            done.append(Step(f"redan inställt: {name}", f"already set: {name}"))
        else:
            git("config", "--local", name, value, folder=top)
            done.append(Step(f"ställde in {name}", f"set {name}"))
    if hook:
        done.append(_hook(top))
    done.append(
        Step(
            "Prova: git diff, git log -p, git difftool -t avtal. Ångra: avtal init --git --undo.",
            "Try: git diff, git log -p, git difftool -t avtal. Undo: avtal init --git --undo.",
        )
    )
    return done


def remove(folder: Path) -> list[Step]:
    """Take away what `install` set up.

    Raises:
        UnreadableError: there is no git repository.
    """
    top = _top(folder)
    done = []
    for name in settings():
        if _setting(name, top):
            git("config", "--local", "--unset-all", name, folder=top)
            done.append(Step(f"tog bort {name}", f"removed {name}"))
    attributes = top / ".gitattributes"
    if attributes.is_file() and ATTRIBUTE in attributes.read_text("utf-8").splitlines():
        kept = [line for line in attributes.read_text("utf-8").splitlines() if line != ATTRIBUTE]
        attributes.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        if not kept:
            attributes.unlink()
        done.append(Step("tog bort raden i .gitattributes", "removed the line in .gitattributes"))
    path = _hook_path(top)
    if path.is_file() and MARK in path.read_text("utf-8", "replace"):
        path.unlink()
        done.append(Step(f"tog bort {path.name}", f"removed {path.name}"))
    return done or [Step("inget att ta bort", "nothing to remove")]


def _top(folder: Path) -> Path:
    try:
        return Path(text("rev-parse", "--show-toplevel", folder=folder))
    except UnreadableError:
        raise UnreadableError(
            f"{folder} ligger inte i något gitarkiv. Börja med: git init",
            f"{folder} is in no git repository. Begin with: git init",
        ) from None


def _setting(name: str, top: Path) -> str:
    try:
        return text("config", "--local", "--get", name, folder=top)
    except UnreadableError:
        return ""


def _attribute(top: Path) -> Step:
    path = top / ".gitattributes"
    before = path.read_text("utf-8") if path.is_file() else ""
    if ATTRIBUTE in before.splitlines():
        return Step("redan där: raden i .gitattributes", "already there: the line in .gitattributes")
    end = "" if not before or before.endswith("\n") else "\n"
    path.write_text(f"{before}{end}{ATTRIBUTE}\n", "utf-8")
    return Step(
        f"skrev i .gitattributes: {ATTRIBUTE} (lägg till den i arkivet)",
        f"wrote in .gitattributes: {ATTRIBUTE} (commit it)",
    )


def _hook_path(top: Path) -> Path:
    return top / text("rev-parse", "--git-path", "hooks/pre-commit", folder=top)


def _hook(top: Path) -> Step:
    path = _hook_path(top)
    wanted = hook_text()
    if path.exists() and MARK not in path.read_text("utf-8", "replace"):
        raise UnreadableError(
            f"{path} finns redan. Lägg själv till: {program()} check, format --check och test.",
            f"{path} is there already. Add to it yourself: {program()} check, format --check and test.",
        )
    if path.exists() and path.read_text("utf-8") == wanted:
        return Step("redan där: pre-commit", "already there: pre-commit")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(wanted, "utf-8")
    path.chmod(0o755)
    return Step(f"skrev {path.relative_to(top) if path.is_relative_to(top) else path}", f"wrote {path.name}")


def hook_text() -> str:
    """The pre-commit hook: what is staged, not what lies in the folder, is checked, laid out and tested."""
    run = program()
    return f"""\
#!/bin/sh
{MARK}
# What is about to be committed is checked, its layout compared, and its examples worked out.
set -e
changed() {{ git diff --cached --name-only -z --diff-filter=ACMR -- '*.avtal'; }}
[ -n "$(changed | tr '\\0' '\\n')" ] || exit 0
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
git checkout-index --all --prefix="$staged/"
changed > "$staged/.changed"
cd "$staged"
xargs -0 {run} check -- < .changed
xargs -0 {run} format --check -- < .changed
xargs -0 {run} test -- < .changed
"""
