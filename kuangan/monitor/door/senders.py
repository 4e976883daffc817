"""Who may send: the mines and their keys, by heart, so that an upload needs no database."""

import logging
import time
from collections.abc import Mapping

from django.db import InterfaceError, OperationalError, connection

from kuangan.base import clock
from kuangan.mine.models import Mine
from kuangan.mine.queries.aliases import codes_by_mine
from kuangan.monitor.models import FeedToken

_log = logging.getLogger(__name__)

REFRESH_AFTER = 5.0
"""Wall seconds; a revoked key is refused and a new one accepted within this time."""


class Senders:
    """Mine codes by the SHA-256 of their tokens; one thread refreshes, any thread reads."""

    def __init__(self) -> None:
        self._by_token: dict[str, str] = {}
        self._codes: frozenset[str] = frozenset()
        self._others: Mapping[str, frozenset[str]] = {}
        self._mine_of_other: Mapping[str, str] = {}
        self._read_at = float("-inf")

    def mine_of(self, digest: str) -> str | None:
        """The mine whose token has this digest."""
        return self._by_token.get(digest)

    def is_mine(self, code: str) -> bool:
        """Whether there is a file of this mine (一矿一册)."""
        return code in self._codes

    def mine_named(self, code: str) -> str | None:
        """The mine that a code means today, its own or another."""
        return code if code in self._codes else self._mine_of_other.get(code)

    def codes_of(self, mine: str) -> frozenset[str]:
        """The codes that files of a mine may carry today."""
        return self._others.get(mine, frozenset()) | {mine}

    def refresh(self) -> None:
        """Read mines and keys again when they are old; while the database is away the known ones stay in force."""
        moment = time.monotonic()
        if moment - self._read_at < REFRESH_AFTER:
            return
        try:
            tokens = FeedToken.objects.filter(revoked_at__isnull=True).values_list("sha256", "mine__code")
            self._by_token = dict(tokens)
            self._codes = frozenset(Mine.objects.values_list("code", flat=True))
            self._others = codes_by_mine(clock.civil_date(clock.now()))
            self._mine_of_other = {code: mine for mine, codes in self._others.items() for code in codes}
        except (OperationalError, InterfaceError) as error:
            _log.warning("接入密钥暂不能从数据库更新：%s", str(error).strip())
            connection.close()
            return
        self._read_at = moment
