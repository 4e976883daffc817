"""A restore on trial: into a folder beside the backups, checked there, deleted again; the result is noted on the platform."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from kuangan.backup.manifest import read_manifest
from kuangan.base import clock, space
from kuangan.cli import django_setup
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.placement import cluster_folder, socket_folder
from kuangan.host.processes import dies_with_parent

TRIAL = ".trial-"
TIMES = 3
"""Bytes that a trial needs at most, in sizes of the backup: its files, and the database with its indexes."""


def rehearse(backup: Path, passphrase_file: Path | None) -> int:
    """0: it can be restored and is whole; 1: it can't, which is noted and told."""
    folder = backup.expanduser().resolve()
    manifest, began = read_manifest(folder), time.monotonic()
    fault = _fault_of(folder, passphrase_file, manifest.size)
    seconds = round(time.monotonic() - began)
    django_setup.prepare("restore")
    from kuangan.core.actions.backups import note_trial

    with django_setup.database():
        note_trial(folder=str(folder), backed_up_at=manifest.taken_at, seconds=seconds, fault=fault)
    taken = f"{clock.civil(manifest.taken_at):%Y-%m-%d %H:%M}"
    print(
        f"恢复演练未通过：{fault}"
        if fault
        else f"恢复演练通过：{folder}（备份时间 {taken}），用时 {seconds} 秒，核对无误，演练数据已删除。"
    )
    return 1 if fault else 0


def _fault_of(backup: Path, passphrase_file: Path | None, size: int) -> str:
    trial = DataFolder(backup.parent / f"{TRIAL}{os.getpid()}")
    free = shutil.disk_usage(backup.parent).free
    if free < TIMES * size + space.needed(shutil.disk_usage(backup.parent).total):
        return f"{backup.parent} 所在磁盘空间不足，演练需要约 {TIMES * size // space.MB} MB"
    passphrase = ["--passphrase-file", str(passphrase_file)] if passphrase_file else []
    try:
        for words in (
            ["restore", str(backup), str(trial.root), "--without-keys", *passphrase],
            ["check"],
        ):
            ended = _run(words, trial)
            if ended.returncode != 0:
                return _last_line(ended)
        return ""
    finally:
        _remove(trial)


def _run(words: list[str], trial: DataFolder) -> "subprocess.CompletedProcess[str]":
    """A command on the folder of the trial, with a database of its own, which reaches nobody outside."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_GATEWAY"))
    }
    return subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", *words],
        env={**environ, "KUANGAN_DATA": str(trial.root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=dies_with_parent(signal.SIGKILL),
    )


def _last_line(ended: "subprocess.CompletedProcess[str]") -> str:
    said = [line for line in f"{ended.stdout}\n{ended.stderr}".splitlines() if line.strip()]
    return said[-1] if said else f"退出码 {ended.returncode}"


def _remove(trial: DataFolder) -> None:
    """The folder, and what a database started by root keeps elsewhere."""
    cluster, sockets = cluster_folder(trial), socket_folder(trial)
    for place in (cluster, sockets, trial.root):
        shutil.rmtree(place, ignore_errors=True)
    if cluster.parent.name == trial.key:
        shutil.rmtree(cluster.parent, ignore_errors=True)
