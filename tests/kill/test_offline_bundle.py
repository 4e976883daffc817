"""From the offline bundle to the first alarm on a machine whose network is cut: nothing but Python, make and what was unpacked."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from kuangan.host.install.bundle import build
from kuangan.host.processes import wait_until

pytestmark = pytest.mark.kill
PORT = 18217
CPU_SECONDS = 30
"""Of all processes until the page stands: fifteen seconds of two processors."""
REGISTRY = re.compile(r"https?://[^/\s\"']*(pypi|pythonhosted|npmjs|registry|mirror)")
SOURCE = Path(__file__).parents[2]
SAMPLE = Path(__file__).parents[1] / "samples" / "city" / "110_mines.xlsx"
CASES = "from kuangan.casework.models import Case; print('cases', *Case.objects.values_list('procedure', 'unit__code'))"
TEXTS = {".md", ".txt", ".toml", ".json", ".in", ".py", ".yaml", ".sql", ".html", ""}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The bundle for this machine, made anew; skipped where its wheels cannot be had."""
    try:
        return build(tmp_path_factory.mktemp("bundle"))
    except RuntimeError as refused:
        pytest.skip(f"本机取不到依赖，未试验离线安装包：{refused}")


@pytest.fixture(scope="module")
def unpacked(archive):
    """The folder of the bundle as a new machine has it, passable by the database's account."""
    place = Path(tempfile.mkdtemp(prefix="kuangan-offline-"))
    place.chmod(0o711)
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    yield next(place.iterdir())
    shutil.rmtree(place)


def bare_environment():
    """Nothing of ours."""
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def alone(*command, folder, **options):
    """A command without network but its own loopback, and without anything of our environment."""
    script = 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"'
    return subprocess.Popen(
        ["unshare", "--net", "sh", "-c", script, "sh", *command],
        cwd=folder,
        env=bare_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )


def has_namespaces():
    return subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


def test_the_bundle_names_no_registry_and_its_digest_stands_beside_it(archive):
    said = archive.with_name(f"{archive.name}.sha256").read_text().split()
    assert said == [hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name]
    named, kinds = [], set()
    with tarfile.open(archive) as packed:
        for entry in packed:
            kinds.add((entry.uid, entry.uname, entry.mode & 0o022))
            inside = Path(entry.name)
            if inside.suffix in TEXTS and "vendor" not in inside.parts and "wheels" not in inside.parts:
                content = packed.extractfile(entry).read().decode(errors="replace")
                named += [entry.name] if REGISTRY.search(content) else []
    assert named == []
    assert kinds == {(0, "root", 0)}


def test_from_the_bundle_to_the_first_alarm_with_the_network_cut(unpacked):
    if not has_namespaces():
        pytest.skip("本机不允许建立网络命名空间（unshare --net），未试验断网安装")
    setup = alone("make", "setup", folder=unpacked)
    told = setup.communicate(timeout=1800)[0]
    assert setup.returncode == 0, told
    began = time.monotonic()
    running = alone("make", "run", f"ARGS=--no-demo --port {PORT} --ingest-port {PORT + 1}", folder=unpacked)
    try:
        assert wait_until(lambda: "登录" in page_inside(running), 300, every=0.2), running.stdout.read()
        wall, spent = time.monotonic() - began, cpu_seconds(running.pid)
        print(f"log-in page after {wall:.1f} s, {spent:.1f} s of processor; load {os.getloadavg()[0]:.1f}")
        assert spent < CPU_SECONDS
        found_a_city(running, unpacked)
    finally:
        os.killpg(running.pid, signal.SIGINT)
        running.wait(60)


def found_a_city(running, folder):
    """City, workbook and second administrator on the console, a key and the first files through the real doors, the case of the over-limit."""

    def inside(*command, within=folder, **more):
        entered = ["nsenter", "--net", "--target", str(running.pid), *map(str, command)]
        ended = subprocess.run(
            entered, cwd=within, env=bare_environment() | more, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
        return ended.stdout

    kuangan = folder / ".venv" / "bin" / "kuangan"
    told = inside(kuangan, "city", "new", "140400", "--username", "first", "--name", "张三")
    inside(kuangan, "operator", "create", "second", "--name", "李四", "--role", "security")
    assert "煤矿 110 行" in inside(kuangan, "city", "import", SAMPLE)
    [given], [*_, binding] = (
        re.findall(r"一次性密码.*：(\S+)", told),
        re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}", told),
    )
    doors = (f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT + 1}")
    # the mine's program and the administrator's browser are not part of what was unpacked
    sent = inside(sys.executable, "-m", "tests.kill.first_files", *doors, "first", given, binding, within=SOURCE)
    assert sent.split() == ["CDDY", "{'seq':", "1}", "CDSS", "{'seq':", "2}"]
    assert wait_until(
        lambda: "('alarm_handling', '140423900001')" in inside(kuangan, "manage", "shell", "-c", CASES), 300, every=3
    )


def page_inside(running):
    """The log-in page as the network namespace of the process sees it."""
    asked = f"http://127.0.0.1:{PORT}/login/"
    code = f"import urllib.request; print(urllib.request.urlopen({asked!r}, timeout=5).read().decode())"
    command = ["nsenter", "--net", "--target", str(running.pid), sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def cpu_seconds(pid):
    spent = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += sum(times[:4])
    return spent
