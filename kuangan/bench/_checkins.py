"""The load generator of `kuangan bench duties`, a process of its own: check-ins over kept connections, as fast as they are taken.

Arguments: port, file of duties, seconds, connections. Prints one JSON line.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

WARMING = 20


def requests(token: str, duties: list[int]) -> Iterator[bytes]:
    """A check-in of each duty, ready to be sent."""
    done_at = datetime.now(UTC).isoformat()
    for duty in duties:
        body = json.dumps({"client_id": f"bench-{duty}", "done_at": done_at, "note": "已办结"}).encode()
        head = (
            f"POST /api/duties/{duty}/checkins HTTP/1.1\r\nHost: web\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


async def send(port: int, waiting: list[bytes], delays: list[float], ends_at: float) -> None:
    """One connection: the next check-in when the one before is answered, until the time or the duties end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while waiting and time.perf_counter() < ends_at:
            begun = time.perf_counter()
            writer.write(waiting.pop())
            await _accepted(reader)
            delays.append(time.perf_counter() - begun)
    finally:
        writer.close()


async def _accepted(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    body = await reader.readexactly(int(length.split(b":")[1]))
    if not head.startswith(b"HTTP/1.1 201 "):
        raise RuntimeError(f"not taken: {head.decode()}{body.decode()}")


async def main(port: str, waiting: list[bytes], seconds: str, connections: str) -> None:
    """Send, after a few that warm the service, then say how many were answered in which time."""
    delays: list[float] = []
    await send(int(port), [waiting.pop() for _ in range(WARMING)], [], float("inf"))
    begun = time.perf_counter()
    ends_at = begun + float(seconds)
    async with asyncio.TaskGroup() as group:
        for _ in range(int(connections)):
            group.create_task(send(int(port), waiting, delays, ends_at))
    taken = time.perf_counter() - begun
    delays.sort()
    print(
        json.dumps(
            {
                "checkins": len(delays),
                "seconds": taken,
                "p50_ms": round(1000 * delays[len(delays) // 2], 1),
                "p99_ms": round(1000 * delays[len(delays) * 99 // 100], 1),
                "cpu_seconds": round(time.process_time(), 2),
            }
        )
    )


if __name__ == "__main__":
    given_port, given_place, given_seconds, given_connections = sys.argv[1:]
    given = json.loads(Path(given_place).read_text())
    ready = list(requests(given["token"], given["duties"]))
    asyncio.run(main(given_port, ready, given_seconds, given_connections))
