"""The load generator of `kuangan bench ingest --http`, a process of its own: uploads over kept connections, as fast as they are taken.

Arguments: port, file of tokens, seconds, points, connections. Seconds 0: two files of each mine, of an hour before. Prints one JSON line.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from kuangan.bench._sensor_feed import CYCLE, bench_mine, next_file
from kuangan.monitor.times import beijing_text

EARLIER = 3_600
TICKS_A_SECOND = 16
"""Files of each mine made for every second of sending, more than the service can take; making them is not measured."""


@dataclass
class UploadSource:
    """One mine's files to come, ready to be sent."""

    token: str
    requests: list[bytes]
    next: int = 0


@dataclass
class Result:
    """What was acknowledged, and after how many seconds each."""

    delays: list[float] = field(default_factory=list)


def sources(tokens: dict[str, str], points: int, ticks: int, start: int) -> list[UploadSource]:
    """For each mine `ticks` uploads, oldest first, 30 s apart and ending now."""
    packer = zstandard.ZstdCompressor(level=1)
    made = []
    for number, (code, token) in enumerate(tokens.items()):
        mine = bench_mine(number, points)
        requests = [
            _request(token, code, at, packer.compress(next_file(mine, at)))
            for at in range(start, start + ticks * CYCLE, CYCLE)
        ]
        made.append(UploadSource(token, requests))
    return made


def _request(token: str, code: str, at: int, body: bytes) -> bytes:
    stamp = beijing_text(at).replace("-", "").replace(":", "").replace(" ", "")
    head = (
        "POST /api/feeds HTTP/1.1\r\nHost: ingest\r\n"
        f"Authorization: Bearer {token}\r\nX-Feed-File: {code}_CDSS_{stamp}.txt\r\n"
        f"Content-Encoding: zstd\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send(port: int, mine_sources: list[UploadSource], result: Result, ends_at: float) -> None:
    """One connection: the mines in turn, each file when the one before is acknowledged, until the time or the files end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < ends_at:
            ready = [source for source in mine_sources if source.next < len(source.requests)]
            if not ready:
                return
            for source in ready:
                begun = time.perf_counter()
                writer.write(source.requests[source.next])
                source.next += 1
                await _accepted(reader)
                result.delays.append(time.perf_counter() - begun)
    finally:
        writer.close()


async def _accepted(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 202 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"upload refused: {body.decode()}")


async def run(port: int, uploads: list[UploadSource], seconds: float, connections: int) -> dict[str, float]:
    result = Result()
    cpu, begun = time.process_time(), time.perf_counter()
    ends_at = begun + seconds if seconds else float("inf")
    await asyncio.gather(
        *(send(port, uploads[number::connections], result, ends_at) for number in range(min(connections, len(uploads))))
    )
    delays = sorted(result.delays)
    return {
        "files": len(delays),
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "p50_ms": round(1000 * delays[len(delays) // 2], 1),
        "p99_ms": round(1000 * delays[int(len(delays) * 0.99)], 1),
    }


def main() -> None:
    """Read the arguments, prepare the files, send them, print the result."""
    port, tokens, seconds, points, connections = sys.argv[1:]
    begun = time.perf_counter()
    wanted = 2 if float(seconds) == 0 else max(2, int(float(seconds) * TICKS_A_SECOND))
    start = int(time.time()) - (wanted + 1) * CYCLE - (0 if float(seconds) else EARLIER)
    uploads = sources(json.loads(Path(tokens).read_text()), int(points), wanted, start)
    preparing = time.perf_counter() - begun
    print(
        json.dumps(
            asyncio.run(run(int(port), uploads, float(seconds), int(connections))) | {"preparing_seconds": preparing}
        )
    )


if __name__ == "__main__":
    main()
