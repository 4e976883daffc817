"""The foreman of the workshop: a process without threads that forks one bounded child for each job. Started by ``workshop``.

It imports a job's module once, before the fork, so that a child begins with everything at hand and ends with its job:
whatever a hostile workbook or paper does to a child's memory is gone with it. For a module with a ``warm_up`` one spare
child is kept that has done what every job begins with; it, too, does one job, within the same limits from there on, and ends.
"""

import contextlib
import gc
import importlib
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
from typing import Any, Final

LONGEST_ORDER: Final = 512
"""Bytes of an order: the module of the job, seconds and bytes that it may take."""
LENGTH: Final = struct.Struct(">Q")
BEHIND_PAGES: Final = 5
"""How much less urgent a child is than the process that serves pages."""
WARMING_S: Final = 20.0
"""Seconds in which a spare child must be ready, or it is ended."""
READY: Final = b"."
LARGEST_FILE: Final = 512 * 1024 * 1024
"""Bytes of a temporary file that a child may write."""


def serve(control: socket.socket) -> None:
    """Hand each order to a child until the other side is gone. An order comes with the socket on which its job lies; without one it only makes ready."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spares: dict[str, socket.socket] = {}
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, LONGEST_ORDER, 1)
        if not order:
            return
        module = order.decode().partition("\n")[0]
        _prepare(module)
        for descriptor in descriptors:
            if not _handed(spares, module, order, descriptor) and os.fork() == 0:
                _close(control, *spares.values())
                _work(order, descriptor)
            os.close(descriptor)
        if module not in spares and hasattr(sys.modules.get(module), "warm_up"):
            spares[module] = _spare(module, control, spares)


def _handed(spares: dict[str, socket.socket], module: str, order: bytes, descriptor: int) -> bool:
    """Whether a ready child took the job; one that still warms up is left for a later job, one that died is forgotten."""
    spare = spares.get(module)
    if spare is None:
        return False
    try:
        ready = spare.recv(1, socket.MSG_DONTWAIT) == READY
    except BlockingIOError:
        return False
    except OSError:
        ready = False
    del spares[module]
    with spare, contextlib.suppress(OSError):
        if ready:
            socket.send_fds(spare, [order], [descriptor])
            return True
    return False


def _spare(module: str, control: socket.socket, spares: dict[str, socket.socket]) -> socket.socket:
    """Fork a child that does at once what every job of its module begins with (``warm_up``), then waits for one job."""
    own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        _close(control, own, *spares.values())
        _warm(theirs, module)
    theirs.close()
    return own


def _close(*lines: socket.socket) -> None:
    for line in lines:
        line.close()


def _warm(line: socket.socket, module: str) -> None:
    try:
        gc.disable()
        os.setpriority(
            os.PRIO_PROCESS, 0, max(BEHIND_PAGES, os.getpriority(os.PRIO_PROCESS, 0))
        )  # before it has threads, which each have their own
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, WARMING_S)
        sys.modules[module].warm_up()
        signal.setitimer(signal.ITIMER_REAL, 0)
        line.send(READY)
        order, descriptors, _, _ = socket.recv_fds(line, LONGEST_ORDER, 1)
        line.close()
        if order:
            _work(order, descriptors[0])
    finally:
        os._exit(0)


def _prepare(module: str) -> None:
    """Import for all children to come, and let the module read (``before_fork``) what they share; what fails is raised again, and told, in the child."""
    if module not in sys.modules:
        try:
            imported = importlib.import_module(module)
            getattr(imported, "before_fork", _nothing)()
        except Exception as broken:  # noqa: BLE001  # one job's module never ends the workshop
            print(f"workshop: {module}: {broken!r}", file=sys.stderr)
        gc.collect()
        gc.freeze()


def _nothing() -> None:
    """What a module prepares that has nothing to prepare."""


def _work(order: bytes, descriptor: int) -> None:
    """Do one job and end. The answer: ``("done", result)``, ``("raised", class, text)`` or ``("memory",)``."""
    try:
        gc.disable()  # the child ends before it would pay
        module, cpu_s, wall_s, memory = order.decode().split("\n")
        _bound(int(cpu_s), float(wall_s), int(memory))
        line = socket.socket(fileno=descriptor)
        answer = _done(line, module)
        line.sendall(LENGTH.pack(len(answer)) + answer)
    finally:
        os._exit(0)


def _done(line: socket.socket, module: str) -> bytes:
    try:
        name, args = pickle.loads(receive(line))  # noqa: S301  # from the process that started this one
        answer: tuple[Any, ...] = ("done", getattr(importlib.import_module(module), name)(*args))
        return pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("memory",))
    except Exception as raised:  # noqa: BLE001  # told to who asked
        kind = f"{type(raised).__module__}.{type(raised).__qualname__}"
        return pickle.dumps(("raised", kind, str(raised)))


def _bound(cpu_s: int, wall_s: float, memory: int) -> None:
    """Limits that the kernel keeps, from now on: the signals of both clocks end the process wherever it is."""
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    cpu_s += int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_AS, (_mapped() + memory,) * 2)
    os.setpriority(os.PRIO_PROCESS, 0, BEHIND_PAGES)


def _mapped() -> int:
    """Bytes of address space that are in use before the job begins."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # a Path costs more than the look
        return int(statm.read().split()[0]) * resource.getpagesize()


def receive(line: socket.socket) -> bytes:
    """One message with its length before it. EOFError when the other side is gone."""
    (size,) = LENGTH.unpack(_exactly(line, LENGTH.size))
    return bytes(_exactly(line, size))


def _exactly(line: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        count = line.recv_into(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return content


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
