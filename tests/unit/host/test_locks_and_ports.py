import os
import signal
import socket
import subprocess
import sys

import pytest

from kuangan.host.errors import CannotStart
from kuangan.host.file_lock import HeldElsewhere, file_lock
from kuangan.host.ports import PortTaken, accepts, chosen_port, is_loopback
from kuangan.host.processes import is_same, started_at, wait_until, with_environment, working_in
from kuangan.host.secret_key import secret_key

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_held_lock_names_its_holder_and_opens_when_the_holder_is_killed(folder):
    code = (
        "import sys, time; from pathlib import Path; from kuangan.host.file_lock import file_lock\n"
        "with file_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    place = folder.run / "up.lock"
    holder = subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE)
    holder.stdout.readline()
    with pytest.raises(HeldElsewhere, match=str(holder.pid)), file_lock(place, wait=False):
        pass
    holder.kill()
    holder.communicate()
    with file_lock(place, wait=False):
        pass


def test_a_child_dies_when_its_parent_is_killed():
    code = (
        "import signal, subprocess, sys; from kuangan.host.processes import dies_with_parent\n"
        f"child = subprocess.Popen({SLEEP!r}, start_new_session=True, preexec_fn=dies_with_parent(signal.SIGKILL))\n"
        "print(child.pid, flush=True); child.wait()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert started_at(child) is not None
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: started_at(child) is None, 3)


def test_processes_are_known_by_what_they_show(folder):
    folder.make()
    child = subprocess.Popen(SLEEP, cwd=folder.run, env={**os.environ, "KUANGAN_PROBE": folder.key})
    start = started_at(child.pid)
    assert wait_until(lambda: [found.pid for found in working_in(folder.run)] == [child.pid], 3)
    assert [found.pid for found in with_environment("KUANGAN_PROBE", folder.key)] == [child.pid]
    assert is_same(child.pid, start)
    assert not is_same(child.pid, start - 60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not is_same(child.pid, start)
    assert list(working_in(folder.run)) == []


def test_a_taken_port_is_refused_with_the_option_that_changes_it():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert accepts("127.0.0.1", port)
        with pytest.raises(PortTaken, match=rf"{port}.*--ingest-port"):
            chosen_port("127.0.0.1", port, "--ingest-port")
    assert not accepts("127.0.0.1", port)
    assert chosen_port("127.0.0.1", port, "--port") == port


def test_port_zero_takes_any_free_one():
    assert chosen_port("127.0.0.1", 0, "--port") > 0


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PortTaken, match="--host"):
        chosen_port("192.0.2.1", 8000, "--port")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 (asked about, not bound)
        ("192.0.2.7", False),
        ("kuangan", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, expected):
    assert is_loopback(host) is expected


def test_the_secret_key_is_made_once_and_closed_to_others(folder, monkeypatch):
    monkeypatch.delenv("KUANGAN_SECRET_KEY", raising=False)
    made = secret_key(folder)
    assert len(made) >= 50
    assert secret_key(folder) == made
    assert (folder.root / "secret.key").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("KUANGAN_SECRET_KEY", "k" * 50)
    assert secret_key(folder) == "k" * 50
    monkeypatch.setenv("KUANGAN_SECRET_KEY", "k" * 49)
    with pytest.raises(CannotStart, match="至少50"):
        secret_key(folder)
