"""A supervisor over small real processes, for the tests: `python supervised.py LOGS STATUS MODE…`.

`HANG_SECONDS` of the environment is the term of those with a pulse.

`steady` waits, `stubborn` ignores SIGTERM, `brief` ends at once with status 3, `parent` has a child of its own,
`beating` gives signs of life, `loud` writes without end.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from kuangan.host.child import Child
from kuangan.host.data_folder import DataFolder
from kuangan.host.heartbeat import VARIABLE, FilePulse
from kuangan.host.logs.console import Console
from kuangan.host.processes import dies_with_parent
from kuangan.host.supervisor import Supervisor
from kuangan.host.watches import DiskWatch

SCRIPTS = {
    "server": "import time; print('ready'); time.sleep(60)",
    "steady": "import time; print('一行'); print('no end', end='', flush=True); time.sleep(60)",
    "stubborn": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)",
    "brief": "import sys; print('last words', end=''); sys.exit(3)",
    "closing": "import os, time; os.close(1); os.close(2); time.sleep(60)",
    "beating": "import time\nfrom kuangan.host.heartbeat import beat\nwhile True: beat(); time.sleep(0.1)",
    "loud": "while True: print('the same trouble')",
    "parent": "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])",
}


def child(name, run):
    pulse = FilePulse(run / f"{name}.beat", float(os.environ.get("HANG_SECONDS", "60")))

    def start():
        return subprocess.Popen(
            [sys.executable, "-u", "-c", SCRIPTS[name]],
            env={**os.environ, VARIABLE: str(pulse.place)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )

    return Child(name, start, pulse=pulse)


def main(logs, status, *names):
    run = Path(status).parent
    others = [child(name, run) for name in names]
    supervisor = Supervisor(child("server", run), others, Console(Path(logs)), Path(status))
    supervisor.chores = (DiskWatch(DataFolder(run.parent), supervisor).look,)
    with supervisor.signals():
        try:
            supervisor.start_server(lambda: True)
            supervisor.keep()
        finally:
            supervisor.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
