"""A snapshot that somebody reads is not removed by another run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snapshot_data import FACTS, near
from test_snapshot_keeping import built, count, kept, small

from avtal.engines import in_use, manifest
from avtal.engines.snapshot import opened

__all__ = ["near"]


@pytest.mark.usefixtures("near")
def test_a_snapshot_that_is_used_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path)
    with opened([tmp_path], FACTS) as first, opened([tmp_path], FACTS) as found:
        assert (first.built, found.built) == (("admission",), ())
        (old,) = kept(tmp_path)
        small(tmp_path, 4)
        with opened([tmp_path], FACTS) as changed:
            assert (changed.built, count(changed)) == (("admission",), 4)
        assert old in kept(tmp_path)
        assert (count(first), count(found)) == (3, 3)
    small(tmp_path, 5)
    assert built(tmp_path)
    (left,) = kept(tmp_path)
    assert left != old

    def unlocked(*_: object) -> None:
        raise OSError

    # Where there are no locks it goes, as what nobody uses does.
    for at, locks in enumerate((None, SimpleNamespace(LOCK_SH=1, LOCK_EX=2, LOCK_NB=4, flock=unlocked))):
        with opened([tmp_path], FACTS):
            monkeypatch.setattr(in_use, "LOCKS", locks)
            small(tmp_path, 6 + at)
            assert [built(tmp_path), built(tmp_path)] == [True, False]
            assert len(kept(tmp_path)) == 1


@pytest.mark.usefixtures("near")
def test_a_snapshot_that_goes_just_now_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path)
    assert built(tmp_path)
    (folder,) = kept(tmp_path)
    read = manifest.read

    def gone(*of: Any) -> Any:
        found = read(*of)
        monkeypatch.setattr(manifest, "read", read)
        in_use.remove(folder)
        return found

    monkeypatch.setattr(manifest, "read", gone)
    assert [built(tmp_path), built(tmp_path)] == [True, False]
    with in_use.ExitStack() as other:
        assert in_use.locked(folder, other, in_use.LOCKS.LOCK_EX) is not None  # it is being removed
        with in_use.ExitStack() as mine:
            assert not in_use.used(folder, mine)
