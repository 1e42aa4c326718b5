"""The vault: what is put in comes out, and nothing that was moved, changed or named otherwise does."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from matching import vault
from matching.clock import utc_now
from tests import canaries

pytestmark = pytest.mark.one_database
CONTENT = "证明 ".encode() + canaries.SEALED["household.phone"].encode() + b"\x00\xff"


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """An empty vault of the test's own."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    return tmp_path / "vault"


def file_of(folder: Path, key: str) -> Path:
    return folder / key[:2] / key


def test_what_was_put_in_comes_out_and_lies_there_encrypted(folder):
    key = vault.put(CONTENT)
    assert vault.get(key) == CONTENT
    assert canaries.SEALED["household.phone"].encode() not in file_of(folder, key).read_bytes()
    assert list(vault.keys()) == [key]


def test_the_same_content_twice_has_two_keys_and_two_ciphertexts(folder):
    one, two = vault.put(CONTENT), vault.put(CONTENT)
    assert one != two
    assert file_of(folder, one).read_bytes()[5:17] != file_of(folder, two).read_bytes()[5:17]


def test_only_the_owner_may_read_and_no_draft_is_left(folder):
    key = vault.put(CONTENT)
    assert stat.S_IMODE(file_of(folder, key).stat().st_mode) == 0o600
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder, folder / key[:2])} == {0o700}
    assert [place.name for place in folder.rglob("*") if place.is_file()] == [key]


def test_a_file_that_was_moved_or_changed_does_not_open(folder):
    one, two = vault.put(CONTENT), vault.put(b"another")
    file_of(folder, two).write_bytes(file_of(folder, one).read_bytes())
    with pytest.raises(vault.CannotOpen):
        vault.get(two)
    kept = file_of(folder, one).read_bytes()
    for place in (0, 1, 5, 17, len(kept) - 1):
        file_of(folder, one).write_bytes(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1:])
        with pytest.raises(vault.CannotOpen):
            vault.get(one)


def test_what_was_removed_is_missing(folder):
    key = vault.put(CONTENT)
    assert vault.remove(key)
    assert not vault.remove(key)
    with pytest.raises(vault.Missing):
        vault.get(key)


@pytest.mark.parametrize("key", ["", "../" * 5 + "etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"])
def test_a_key_that_is_none_leads_nowhere(folder, key):
    with pytest.raises(ValueError, match="key"):
        vault.get(key)


def test_a_full_disk_leaves_nothing_behind(folder, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        vault.put(CONTENT)
    assert [place for place in folder.rglob("*") if place.is_file()] == []


def test_strays_go_when_they_are_old_and_nobody_knows_them(folder):
    known, stray, fresh = (vault.put(CONTENT) for _ in range(3))
    draft = folder / known[:2] / "x.draft"
    draft.write_bytes(b"half")
    for place in (file_of(folder, known), file_of(folder, stray), draft):
        os.utime(place, (0, 0))
    assert vault.forget_strays({known}, utc_now() - timedelta(days=1)) == 2
    assert set(vault.keys()) == {known, fresh}
