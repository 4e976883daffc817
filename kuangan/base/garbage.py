"""How often a process looks for garbage in circles: what it has loaded stays to its end and is not looked through each time."""

import gc


def spare_loaded() -> None:
    """Call once everything lasting is loaded; work on many rows otherwise spends up to a quarter of its time on the look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
