"""A crowd at the log-in costs the memory of one hash, not of a hundred."""

import threading
from concurrent.futures import ThreadPoolExecutor

from kuangan.core.access import hashing
from kuangan.core.access.hashing import Crowded
from tests.hashing import QuickArgon2


class Watching(QuickArgon2):
    """Argon2 that counts how many are computed at the same time."""

    memory_cost = 8_192  # small, so that a busy machine keeps nobody waiting past his patience
    lock = threading.Lock()
    now, most = 0, 0

    def encode(self, password, salt):
        with self.lock:
            Watching.now += 1
            Watching.most = max(Watching.most, Watching.now)
        try:
            return super().encode(password, salt)
        finally:
            with self.lock:
                Watching.now -= 1


def outcome(_: int) -> str:
    try:
        hashing.matches("somebody's guess", None)
    except Crowded:
        return "crowded"
    return "judged"


def test_of_120_log_ins_at_once_one_is_hashed_the_others_wait_or_are_sent_away(settings):
    settings.PASSWORD_HASHERS = ["tests.db.core.test_hashing.Watching"]
    with ThreadPoolExecutor(60) as pool:
        outcomes = list(pool.map(outcome, range(120)))
    assert Watching.most == hashing.AT_ONCE
    assert outcomes.count("judged") >= hashing.AT_ONCE + hashing.WAITING
    assert set(outcomes) <= {"judged", "crowded"}
