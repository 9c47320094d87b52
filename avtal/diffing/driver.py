"""What git calls: a diff of one file with what it means and comes to, and a contract's text with what it comes to.

git hands over files without their surroundings. A contract's lists and modules are taken from the commit that the text
is found in, or from the working tree; the data are those of the working tree, the same for both sides.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from avtal import api, periods
from avtal.contract import Contract, load
from avtal.diffing.git import Revision, commit, git, text as said
from avtal.errors import AvtalError, UnreadableError
from avtal.rendering.difference_text import text
from avtal.rendering.numbers import kronor
from avtal.rendering.terminal import CYAN, GREEN, RED, Paint, visible
from avtal.sources import CONTRACT, SUFFIX, read_text

NOTHING = "/dev/null"
AROUND = 3
MOST_LINES = 25
MOST_SETTLED = 120
LARGEST_DATA = 32 << 20
"""The most bytes of data that are read without being asked for: `git log` shows many versions."""
SEARCHED = 50


@frozen
class Version:
    """A file as git handed it over: where its text is, what git calls it, and where it belongs.

    Args:
        path: from the top of the repository.
        text: its content; `None` where the file is not there.
        blob: what git calls the content; zeros for the working tree's.
    """

    path: str
    text: Path | None
    blob: str

    @property
    def lines(self) -> list[str]:
        """Its lines, with their ends."""
        return read_text(self.text)[0].splitlines(keepends=True) if self.text is not None else []


def version(path: str, file: str, blob: str) -> Version:
    """A version from the arguments that git gives a diff driver; a difftool is not told what git calls it."""
    if file == NOTHING:
        return Version(path, None, "")
    return Version(path, Path(file), blob or said("hash-object", "--no-filters", "--", file))


@frozen
class Setting:
    """Where a version's surroundings are: a revision, or the working tree."""

    top: Path
    into: Path

    def contract(self, one: Version, home: Revision | None) -> Path | None:
        """The contract that a version is, or is used by, with its surroundings; `None` where there is none."""
        if one.text is None:
            return None
        folder = self.into / (home.commit if home is not None else "here") / "/".join(Path(one.path).parts[:-1])
        own = folder / Path(one.path).name
        found = home.put(one.path) if home is not None else None
        folder = found.parent if found is not None else self._beside(one, folder)
        own = folder / own.name
        shutil.copyfile(one.text, own)
        if load(own).settles or not (folder / CONTRACT).is_file():
            return own
        return folder / CONTRACT

    def _beside(self, one: Version, folder: Path) -> Path:
        """The plain files beside a version in the working tree."""
        folder.mkdir(parents=True, exist_ok=True)
        here = (self.top / one.path).parent
        for entry in sorted(here.iterdir()) if here.is_dir() else ():
            if entry.is_file() and not entry.is_symlink() and entry.suffix in (".avtal", ".csv"):
                shutil.copyfile(entry, folder / entry.name)
        return folder

    def revision(self, name: str) -> Revision:
        """A revision whose files are put below this setting's folder."""
        return Revision(name, commit(name, self.top), self.into / "revisions", self.top)

    def homes(self, old: Version, new: Version) -> tuple[Revision | None, Revision | None]:
        """The commits that both versions are found in, side by side where one commit made the one out of the other."""
        for name in self._commits(new):
            if self._blob(name, new.path) == new.blob and self._blob(f"{name}^", old.path) == old.blob:
                return self.revision(f"{name}^"), self.revision(name)
        return self.home(old), self.home(new)

    def home(self, one: Version) -> Revision | None:
        """The commit that a version is found in: the latest one; `None` for the working tree's and for a staged one."""
        if self._blob("HEAD", one.path) == one.blob:
            return self.revision("HEAD")
        for name in self._commits(one):
            for found in (name, f"{name}^"):
                if self._blob(found, one.path) == one.blob:
                    return self.revision(found)
        return None

    def _commits(self, one: Version) -> list[str]:
        if not one.blob.strip("0.") or one.text is None:
            return []
        asked = ["log", "--all", f"-{SEARCHED}", "--format=%H", f"--find-object={one.blob}", "--", one.path]
        try:
            return said(*asked, folder=self.top).split()
        except UnreadableError:
            return []

    def _blob(self, revision: str, path: str) -> str:
        try:
            return said("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}:{path}", folder=self.top)
        except UnreadableError:
            return ""


def wanted(top: Path) -> bool:
    """Whether kronor are to be shown; `git config avtal.kronor false` turns them off."""
    try:
        return said("config", "--bool", "avtal.kronor", folder=top) != "false"
    except UnreadableError:
        return True


def data_of(top: Path, path: str) -> tuple[Path, ...] | None:
    """The data beside a contract in the working tree; `None` where there are none, or too many to read unasked."""
    folder = (top / path).parent / "data"
    if not wanted(top) or not folder.is_dir():
        return None
    size = sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())
    return (folder,) if size <= LARGEST_DATA else None


def driven(old: Version, new: Version, into: Path, paint: Paint, language: str = "") -> str:
    """What `git diff` shows of a file: its lines, what the change means, and what it comes to.

    Args:
        old, new: as git hands them over.
        into: a folder for what is read out of git.
        paint: colours.
        language: of the words; the contract's own when empty.
    """
    out = [*lines(old, new, paint)]
    if not new.path.endswith(SUFFIX):
        return "".join(out)
    top = Path(said("rev-parse", "--show-toplevel"))
    setting = Setting(top, into)
    try:
        homes = setting.homes(old, new)
        files = [setting.contract(one, home) for one, home in zip((old, new), homes, strict=True)]
        sides: list[Contract | None] = [load(file) if file is not None else None for file in files]
        if any(side is not None and side.sound and not side.settles for side in sides):
            return "".join(out)  # a module that no contract beside it uses
        found = api.diff(sides[0], sides[1], data=data_of(top, new.path))
        out += ["\n", text(found, language or found.language, paint, most=MOST_LINES)]
    except AvtalError as error:
        out.append(f"\n{visible(failed(error, language or 'sv'))}\n")
    return "".join(out)


def failed(error: AvtalError, language: str) -> str:
    """Why a comparison could not be made."""
    return f"avtal diff: {error.text(language)}"


def lines(old: Version, new: Version, paint: Paint) -> Iterator[str]:
    """The lines that differ, as git shows them, each piece headed by the clause that it is in."""
    before, after = old.lines, new.lines
    yield f"diff --avtal a/{old.path} b/{new.path}\n"
    names = [NOTHING if one.text is None else f"{side}/{one.path}" for side, one in (("a", old), ("b", new))]
    for line in difflib.unified_diff(before, after, names[0], names[1], n=AROUND):
        shown = visible(line.rstrip("\r\n"))
        if line.startswith("@@"):
            first = int(line.split()[1].lstrip("-").partition(",")[0])
            head = next(
                (own for own in reversed(before[: max(first - 1, 0)]) if own[:1] not in (" ", "\n", "#", "|")), ""
            )
            yield f"{paint(shown, CYAN)}{' ' + visible(head.rstrip()) if head else ''}\n"
        else:
            colour = {"+": GREEN, "-": RED}.get(line[:1], "")
            yield f"{paint(shown, colour) if colour else shown}\n"


def told(file: Path, into: Path, language: str = "") -> str:
    """A contract's text followed by what it comes to, as comments: for git where it runs no diff driver."""
    own, _ = read_text(file)
    text_ = own if own.endswith("\n") or not own else f"{own}\n"
    try:
        top = Path(said("rev-parse", "--show-toplevel"))
        one = _found(file, top)
        if one is None or not wanted(top):
            return text_
        setting = Setting(top, into)
        path = setting.contract(one, setting.home(one) if one.blob.strip("0") else None)
        data = data_of(top, one.path)
        if path is None or data is None or not load(path).settles:
            return text_
        return text_ + "".join(f"# {line}\n" for line in _settled(load(path), data, language))
    except AvtalError as error:
        return f"{text_}# {visible(failed(error, language or 'sv'))}\n"


def _found(file: Path, top: Path) -> Version | None:
    """Where a file that git made a copy of belongs; `None` where no commit has it."""
    real = file.resolve()
    if real.is_relative_to(top.resolve()):
        return Version(real.relative_to(top.resolve()).as_posix(), file, "0")
    blob = said("hash-object", "--no-filters", "--", str(real), folder=top)
    found = git("log", "--all", "-1", "-m", "--format=", "--name-only", "-z", f"--find-object={blob}", folder=top)
    names = [name for name in found.decode("utf-8", "surrogateescape").strip("\n\0").split("\0") if name]
    path = next((name for name in names if name.rpartition("/")[2] == file.name), names[0] if names else "")
    return Version(path, file, blob) if path else None


def _settled(contract: Contract, data: tuple[Path, ...], language: str) -> Iterator[str]:
    """What a contract comes to: a line a clause, or a provider where there are too many."""
    spoken = language or contract.language
    sv = spoken == "sv"
    swedish = {key: name for name, key in contract.spellings().items()}
    found = api.settle(contract, api.read(contract, data))
    yield {
        "sv": "Avräknat på data/; visas av git, står inte i filen:",
        "en": "Settled on data/; shown by git, not part of the file:",
    }[spoken]
    many = sum(len(s.clauses) + 1 for s in found) > MOST_SETTLED
    for s in found:
        scope = f"{periods.name(s.start, s.end)} {s.buyer[1]} {s.provider[1]}"
        for clause in () if many else s.clauses:
            name = swedish.get(clause.key, clause.key) if sv else clause.key
            if clause.pays:
                paid = (
                    kronor(clause.amount, spoken) if clause.amount is not None else clause.failures[0].message(spoken)
                )
                yield visible(f"{scope} {name}: {paid}")
        word = "totalt" if sv else "total"
        lacking = "kan inte avräknas" if sv else "can't be settled"
        yield visible(f"{scope} {word}: {kronor(s.total, spoken) if s.total is not None else lacking}")
