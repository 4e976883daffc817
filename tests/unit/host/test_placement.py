import os
from pathlib import Path

import pytest

from kuangan.host.data_folder import DataFolder, data_folder
from kuangan.host.database.accounts import Account, postgres_account
from kuangan.host.database.placement import ROOT_STORE, SOCKET_FILE, can_walk_to, cluster_folder, socket_folder
from kuangan.host.errors import CannotStart

STRANGER = Account(uid=54321, gid=54321, name="stranger")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")


def test_the_data_folder_is_absolute_and_named_by_the_environment(folder, monkeypatch):
    monkeypatch.chdir(folder.root.parent)
    assert data_folder({}).root == folder.root.parent / "var"
    assert data_folder({"KUANGAN_DATA": "data"}) == folder
    assert data_folder({"KUANGAN_DATA": str(folder.root)}).key == folder.key


def test_a_closed_folder_above_keeps_a_stranger_out(folder):
    inside = folder.root / "a" / "b"
    inside.mkdir(parents=True)
    assert can_walk_to(inside, STRANGER)
    assert can_walk_to(inside / "not made yet", STRANGER)
    (folder.root / "a").chmod(0o700)
    assert not can_walk_to(inside, STRANGER)
    assert can_walk_to(inside, Account(os.geteuid(), os.getegid(), "us"))


def test_a_group_that_may_not_pass_is_kept_out_even_where_others_may(folder):
    folder.make()
    folder.root.chmod(0o705)
    assert not can_walk_to(folder.root, Account(54321, os.getegid(), "same group"))
    assert can_walk_to(folder.root, STRANGER)


def test_a_long_path_moves_the_socket_to_a_short_one(folder):
    length = 107 - len(SOCKET_FILE) - len("/pgsock")
    fits = DataFolder(Path("/" + "x" * (length - 1)))
    too_long = DataFolder(Path("/" + "x" * length))
    assert len(str(socket_folder(fits)) + SOCKET_FILE) == 107
    assert socket_folder(fits).parent == fits.root
    assert len(str(socket_folder(too_long)) + SOCKET_FILE) < 107
    assert socket_folder(too_long) != socket_folder(DataFolder(too_long.root / "other"))


@root_only
def test_root_places_the_cluster_elsewhere_when_its_account_cannot_come_in(folder):
    folder.root.parent.chmod(0o700)
    assert cluster_folder(folder) == ROOT_STORE / folder.key / "postgres"
    folder.root.parent.chmod(0o711)
    assert cluster_folder(folder) == folder.root / "postgres"


@root_only
def test_a_cluster_that_exists_stays_where_it_is(folder):
    (folder.root / "postgres").mkdir(parents=True)
    folder.root.parent.chmod(0o700)
    assert cluster_folder(folder) == folder.root / "postgres"


@root_only
@pytest.mark.parametrize(("name", "why"), [("root", "就是 root"), ("no-such-account", "不存在")])
def test_refuses_an_account_that_cannot_run_postgresql(monkeypatch, name, why):
    monkeypatch.setenv("KUANGAN_POSTGRES_USER", name)
    with pytest.raises(CannotStart, match=why):
        postgres_account()
