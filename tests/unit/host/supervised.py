"""A supervisor over small real processes, for the tests: `python supervised.py LOGS STATUS MODE`.

`steady` waits, `stubborn` ignores SIGTERM, `brief` ends at once with status 3, `parent` has a child of its own.
"""

import signal
import subprocess
import sys
from pathlib import Path

from kuangan.host.child import Child
from kuangan.host.console import Console
from kuangan.host.processes import dies_with_parent
from kuangan.host.supervisor import Supervisor

SCRIPTS = {
    "server": "import time; print('ready'); time.sleep(60)",
    "steady": "import time; print('一行'); print('no end', end='', flush=True); time.sleep(60)",
    "stubborn": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)",
    "brief": "import sys; print('last words', end=''); sys.exit(3)",
    "closing": "import os, time; os.close(1); os.close(2); time.sleep(60)",
    "parent": "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])",
}


def child(name):
    def start():
        return subprocess.Popen(
            [sys.executable, "-u", "-c", SCRIPTS[name]],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )

    return Child(name, start)


def main(logs, status, *names):
    supervisor = Supervisor(child("server"), [child(name) for name in names], Console(Path(logs)), Path(status))
    with supervisor.signals():
        try:
            supervisor.start_server(lambda: True)
            supervisor.keep()
        finally:
            supervisor.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
