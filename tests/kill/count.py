"""An independent count of what the platform kept: file rows by SHA-256, and all readings of all Parquet files."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pyarrow.parquet as pq

from kuangan.monitor.models import FeedFile
from tests.db.monitor.feedtext import cdss, name_of, seconds

TAKEN = {"done", "partial", "late"}


def clock_text(number: int) -> str:
    return f"{number // 120:02d}:{number % 120 // 2:02d}:{number % 2 * 30:02d}"


def value_of(number: int) -> str:
    """Different from file to file, so that an altered or exchanged reading shows."""
    return "1.20" if number % 40 in (5, 6, 7) else f"0.{100 + number % 800}"


@dataclass
class Mine:
    """A mine's upload program and what it was told: the files by number, and which of them were acknowledged."""

    code: str
    token: str
    next: int = 0
    acknowledged: set[int] = field(default_factory=set)

    @property
    def point(self) -> str:
        return f"{self.code}01MN0001000000T0"

    def content(self, number: int) -> bytes:
        return cdss(
            clock_text(number), {self.point: (value_of(number), 0)}, mine=self.code, place="1301综采工作面回风隅角"
        )

    def digest(self, number: int) -> str:
        return hashlib.sha256(self.content(number)).hexdigest()

    def post(self, url: str, number: int) -> bool:
        """Send one file; whether it was acknowledged."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-Feed-File": name_of("CDSS", clock_text(number), self.code),
        }
        try:
            answer = httpx.post(f"{url}/api/feeds", content=self.content(number), headers=headers, timeout=20)
        except httpx.TransportError:
            return False
        if answer.status_code == 202:
            self.acknowledged.add(number)
        return answer.status_code == 202

    def send(self, url: str, count: int) -> None:
        """Send the next files, each of which must be acknowledged."""
        for _ in range(count):
            assert self.post(url, self.next)
            self.next += 1

    def statuses(self) -> dict[str, Counter[str]]:
        """What the rows say of each content."""
        found: dict[str, Counter[str]] = {}
        for sha, status in FeedFile.objects.filter(mine__code=self.code).values_list("sha256", "status"):
            found.setdefault(sha, Counter())[status] += 1
        return found

    def wanted(self) -> list[int]:
        """Acknowledged files that the platform says it lost; fails when one vanished without a word."""
        rows = self.statuses()
        unknown = [n for n in self.acknowledged if not rows.get(self.digest(n), Counter()).keys() & {*TAKEN, "lost"}]
        assert unknown == [], f"{self.code}: no row of {unknown}"
        return [number for number in sorted(self.acknowledged) if rows[self.digest(number)]["lost"]]


@dataclass(frozen=True)
class Count:
    """Acknowledged files without a reading, twice taken or twice in one file of history, with another value."""

    lost: list[int]
    doubled: list[int]
    altered: list[int]


def counted(root: Path, mine: Mine) -> Count:
    """What became of a mine's acknowledged files, once everything is written to disk."""
    kept: dict[int, set[int]] = {}
    twice: list[int] = []
    for path in (root / "history" / mine.code).glob("*/[dp]a*.parquet"):
        table = pq.read_table(path, page_checksum_verification=True).to_pydict()
        rows = list(zip(table["time"], table["value"], table["decimals"], strict=True))
        twice += [time for time, n in Counter(time for time, _, _ in rows).items() if n > 1]
        for time, value, decimals in rows:
            kept.setdefault(time, set()).add(value * 10 ** (6 - decimals))
    rows = mine.statuses()
    times = {number: seconds(clock_text(number)) for number in mine.acknowledged}
    right = {number: {int(value_of(number).replace(".", "").ljust(7, "0"))} for number in mine.acknowledged}
    return Count(
        lost=[n for n, time in times.items() if time not in kept or not rows[mine.digest(n)].keys() & TAKEN],
        doubled=twice + [n for n in times if sum(rows[mine.digest(n)][status] for status in TAKEN) > 1],
        altered=[n for n, time in times.items() if kept.get(time, right[n]) != right[n]],
    )
