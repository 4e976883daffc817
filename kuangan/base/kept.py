"""Results that are kept because the same question comes again, up to so many bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence


class Kept:
    """Byte strings by key, the least recently asked for forgotten first; shared by threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._by_key: OrderedDict[str, tuple[bytes, ...]] = OrderedDict()

    def get(self, key: str, make: Callable[[], Sequence[bytes]]) -> list[bytes]:
        """What was made for this key before, else what ``make`` gives now; what it raises is kept by nobody."""
        with self._lock:
            kept = self._by_key.get(key)
            if kept is not None:
                self._by_key.move_to_end(key)
                return list(kept)
        made = tuple(make())
        with self._lock:
            self._drop(key)
            self._by_key[key] = made
            self._bytes += _size(made)
            while self._bytes > self._most:
                self._drop(next(iter(self._by_key)))
        return list(made)

    def _drop(self, key: str) -> None:
        self._bytes -= _size(self._by_key.pop(key, ()))


def _size(parts: tuple[bytes, ...]) -> int:
    return sum(len(part) for part in parts)
