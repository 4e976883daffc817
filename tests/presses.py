"""Several people, or one impatient one, who press at the same moment."""

import threading
from collections.abc import Callable

from django.db import connection

from kuangan.core.errors import Refused


def at_once(*presses: Callable[[], object]) -> list[object]:
    """What came of pressing in as many threads at the same moment: the results, or the refusals in words."""
    results: list[object] = []
    ready = threading.Barrier(len(presses))

    def run(press: Callable[[], object]) -> None:
        try:
            ready.wait(10)
            results.append(press())
        except Refused as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[press]) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == len(presses), "every press is answered"
    return results


def refusals(results: list[object]) -> list[str]:
    """What those heard who came too late."""
    return [str(result) for result in results if isinstance(result, Refused)]
