"""Keeps the processes of one data folder running, and ends them together.

A child that ends, killed or not, is started again with growing delays; one that hangs is ended first. All of them end with the supervisor: asked
(Ctrl-C, SIGTERM) within 3 seconds, and by the kernel when the supervisor itself is killed. One thread does
everything, since a child's life is tied to the thread that started it.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from kuangan.base.files import replace_file
from kuangan.host.child import Child
from kuangan.host.errors import CannotStart
from kuangan.host.logs.console import Console
from kuangan.host.troubles import Spool, Trouble

OWN_NAME = "up"
TERM_PATIENCE = 1.8
"""Seconds from SIGTERM to SIGKILL for a child."""
SERVER_PATIENCE = 2.6
"""Seconds from the request to end until PostgreSQL is ended without a checkpoint (the next start recovers)."""
SERVER_TRIES = 12
"""Starts of the server, a minute and a half in all, before the supervisor gives up."""
TICK = 0.5
AWAY = 5.0
"""Seconds between two looks after which the supervisor itself was held up, and no child is blamed for its silence."""
CHORE_SECONDS = 2.0
"""How often the other watches (room on the disk) are kept."""
WORD_SECONDS = 30.0
"""While the server takes long to be ready, this is said so often."""


class Supervisor:
    """Runs `others`, and `server` (None when the database is elsewhere), which is started first and ended last."""

    def __init__(
        self,
        server: Child | None,
        others: Sequence[Child],
        console: Console,
        status: Path,
        addresses: Mapping[str, str] | None = None,
        chores: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.server = server
        self.chores = chores
        self.spool = Spool(status.parent)
        self.kept = False
        self._looked = self._chores_done = time.monotonic()
        self._written = ""
        self.addresses = dict(addresses or {})
        self.others = list(others)
        self.console = console
        self.status = status
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self.watched: dict[int, Child] = {}

    @property
    def children(self) -> list[Child]:
        """All children, the server first."""
        return [*([self.server] if self.server else []), *self.others]

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Turn Ctrl-C and SIGTERM into a request to end, and wake the loop for them and for ended children."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        self.selector.register(ours, selectors.EVENT_READ)
        former_wakeup = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
            signal.SIGINT: self._ask_to_stop,
            signal.SIGTERM: self._ask_to_stop,
            signal.SIGHUP: self._ask_to_stop,
            signal.SIGCHLD: lambda *_: None,
        }
        former = {number: signal.signal(number, act) for number, act in handlers.items()}
        try:
            yield
        finally:
            for number, act in former.items():
                signal.signal(number, act)
            signal.set_wakeup_fd(former_wakeup)
            self.selector.unregister(ours)
            ours.close()
            theirs.close()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def keep(self, until: Callable[[], bool] = lambda: False) -> None:
        """Run until asked to end, or until something is so."""
        self.kept = True
        while not (self.stopping or until()):
            self._allow_for_absence()
            for child in self.children:
                self.look_after(child)
            self._do_chores()
            due = [child.due - time.monotonic() for child in self.children if child.running is None]
            self.wait(max(0.0, min([TICK, *due])))

    def _allow_for_absence(self) -> None:
        now = time.monotonic()
        if now - self._looked > AWAY:
            for child in self.children:
                if child.pulse is not None:
                    child.pulse.forgive()
        self._looked = now

    def _do_chores(self) -> None:
        if time.monotonic() - self._chores_done >= CHORE_SECONDS:
            self._chores_done = time.monotonic()
            for chore in self.chores:
                with contextlib.suppress(OSError):
                    chore()
            self.console.reap()
            self.spool.flush()
            self.write_status()

    def look_after(self, child: Child) -> None:
        """Start the child when it is due; end it when it hangs; note its end when it has ended."""
        self._end_hung(child)
        status = child.ended()
        if status is not None:
            self._forget(child)
            child.signal(signal.SIGKILL)
            delay = child.fail()
            self.console.line(OWN_NAME, f"{child.name} 已退出（{_reason(status)}），{delay:g} 秒后重新启动")
            self.write_status()
        if child.running is None and time.monotonic() >= child.due:
            self.start(child)

    def _end_hung(self, child: Child) -> None:
        """Kill a child without a sign of life; say so, and say when it lives again."""
        pulse = child.pulse
        if pulse is None:
            return
        key = ("process_hung", child.name)
        if child.hangs():
            text = f"进程 {child.name} 已 {pulse.term:g} 秒没有响应，已强制结束并重新启动"
            self.console.line(OWN_NAME, text)
            self.spool.say(Trouble(*key, f"{text}；请查看 logs 中 {child.name}.log 此前的记录。", call=True))
            child.signal(signal.SIGKILL)
            pulse.begin()
        elif key in self.spool.open and child.running is not None and pulse.shown():
            self.console.line(OWN_NAME, f"进程 {child.name} 已恢复响应")
            self.spool.say(Trouble(*key, over=True))

    def start(self, child: Child) -> None:
        """Start the child and follow its output; a start that fails is tried again later.

        What only a person can mend ends the first start (CannotStart); later it is tried again as all else.
        """
        try:
            child.start()
        except (OSError, RuntimeError, CannotStart) as error:
            if isinstance(error, CannotStart) and not self.kept:
                raise
            delay = child.fail()
            self.console.line(OWN_NAME, f"{child.name} 未能启动：{error}；{delay:g} 秒后再试")
        else:
            self._follow(child)
            if child.starts > 1:
                self.console.line(OWN_NAME, f"{child.name} 已重新启动")
        self.write_status()

    def start_server(self, ready: Callable[[], bool]) -> bool:
        """Start the server and wait until it is ready; False when asked to end before, or when it keeps ending."""
        server, told = self.server, time.monotonic()
        while server is not None and not self.stopping and server.failures < SERVER_TRIES:
            self.look_after(server)
            if server.ended() is None and server.running is not None and ready():
                return True
            if time.monotonic() - told > WORD_SECONDS:
                told = time.monotonic()
                self.console.line(OWN_NAME, f"数据库仍在恢复，尚未应答；进展见 {self.console.logs} 中的 postgres.log")
            self.wait(0.05)
        if server is not None and not self.stopping:
            self.console.line(OWN_NAME, f"数据库未能启动，已停止；原因见 {self.console.logs} 中的 postgres.log")
        return server is None

    def run_once(self, child: Child) -> int:
        """Start the child and wait for its end, its lines shown; its exit status (SIGTERM's when asked to end)."""
        child.start()
        self._follow(child)
        while (status := child.ended()) is None:
            if self.stopping:
                child.signal(signal.SIGKILL)
            self.wait(TICK)
        self._forget(child)
        return -signal.SIGTERM if self.stopping else status

    def wait(self, seconds: float) -> None:
        """Pass on what children say until something happened or the time is over."""
        for key, _ in self.selector.select(seconds):
            child = self.watched.get(key.fd)
            if child is None:
                _drain(key.fileobj)
            else:
                self._pass_on(child)

    def _pass_on(self, child: Child) -> None:
        for line in child.lines():
            self.console.line(child.name, line, quiet=child.quiet)
        if child.silent:
            self._forget(child)

    def _follow(self, child: Child) -> None:
        if child.running is not None and child.running.stdout is not None:
            self.watched[child.running.stdout.fileno()] = child
            self.selector.register(child.running.stdout, selectors.EVENT_READ)

    def _forget(self, child: Child) -> None:
        """Take the last lines of an ended child and close its pipe."""
        pipe = child.running.stdout if child.running is not None else None
        if pipe is None or pipe.closed:
            return
        for line in child.lines():
            self.console.line(child.name, line, quiet=child.quiet)
        self.selector.unregister(pipe)
        self.watched.pop(pipe.fileno())
        pipe.close()

    def end(self) -> None:
        """End all children: the others first, then the server they use, within 3 seconds in all."""
        began = time.monotonic()
        self._end(self.others, signal.SIGTERM, began + TERM_PATIENCE, signal.SIGKILL)
        if self.server is not None:
            self._end([self.server], signal.SIGINT, began + SERVER_PATIENCE, signal.SIGQUIT)
        with contextlib.suppress(OSError):
            self.status.unlink(missing_ok=True)

    def _end(self, children: Sequence[Child], ask: signal.Signals, until: float, force: signal.Signals) -> None:
        living = [child for child in children if child.running is not None]
        for child in living:
            child.signal(ask)
        while (living := self._still(living)) and time.monotonic() < until:
            self.wait(0.05)
        for child in living:
            child.signal(force)
        end = time.monotonic() + 0.3
        while (living := self._still(living)) and time.monotonic() < end:
            self.wait(0.02)
        for child in living:
            child.signal(signal.SIGKILL)

    def _still(self, children: Sequence[Child]) -> list[Child]:
        for child in children:
            if child.ended() is not None:
                self._forget(child)
        return [child for child in children if child.ended() is None]

    def write_status(self) -> None:
        """Tell other processes what runs and where; a child's pid is null while it waits for its next start.

        `{"pid", "addresses": {name: URL}, "children": {name: {"pid", "starts"}}, "troubles": [Chinese text]}`. A disk that
        does not take it is no reason to stop: it is written as soon as it can be.
        """
        state = {
            "pid": os.getpid(),
            "addresses": self.addresses,
            "children": {
                child.name: {"pid": child.running.pid if child.running else None, "starts": child.starts}
                for child in self.children
            },
            "troubles": [trouble.text for trouble in self.spool.open.values()],
        }
        content = json.dumps(state, ensure_ascii=False)
        if content != self._written:
            with contextlib.suppress(OSError):
                replace_file(self.status, content.encode())
                self._written = content


def _drain(source: object) -> None:
    if isinstance(source, socket.socket):
        try:
            while source.recv(4096):
                pass
        except BlockingIOError:
            pass


def _reason(status: int) -> str:
    return f"信号 {signal.Signals(-status).name}" if status < 0 else f"退出码 {status}"
