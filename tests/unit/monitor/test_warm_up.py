"""What is made ready before the first file is all that a real over-limit asks for: nothing is compiled any more."""

import subprocess
import sys

JUDGED = """
from kuangan.monitor import warm_up
from kuangan.monitor.feeds import cdss_kernel
from kuangan.monitor.fold import judge, kernel

def compiled():
    parts = [part for module in (cdss_kernel, judge, kernel) for part in vars(module).values()]
    return [len(part.signatures) for part in parts if hasattr(part, "signatures")]

warm_up.warm_up()
ready = compiled()
pipeline = warm_up.Pipeline(warm_up._SetPoints())
at = 1_772_400_000
for number, value in enumerate(("0.11", "1.00", "3.20", "0.99", "0.40")):
    file = warm_up._reading(at + 30 * number, value)
    pipeline.take(warm_up.MINE, file, received_at=at + 30 * number)
assert [change.final for change in pipeline.settle(warm_up.MINE, at + 7200)]
assert sum(ready) >= 5, ready
assert compiled() == ready
"""


def test_an_over_limit_after_the_warm_up_compiles_nothing():
    ended = subprocess.run([sys.executable, "-c", JUDGED], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
