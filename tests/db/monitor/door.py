"""The real door and the real watched folder in front of the real engine, without sockets and threads."""

import asyncio
import hashlib

import httpx

from kuangan.base import clock
from kuangan.monitor.door.listener import Listener
from kuangan.monitor.door.senders import Senders
from kuangan.monitor.door.watcher import Watcher
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.models import FeedFile

KEY = "kt_key_of_the_mine"


class Door:
    """Takes uploads of one mine as the service does; what it receives is in the database when it answers."""

    def __init__(self, works, mine):
        self.works = works
        self._mine = mine
        self._listener = Listener(self)
        self.watcher = Watcher(works.root / "inbox", lambda code: code == mine.code)

    def mine_of(self, digest):
        return self._mine.code if digest == hashlib.sha256(KEY.encode()).hexdigest() else None

    def codes_of(self, mine):
        return self._senders.codes_of(mine)

    async def keep(self, upload):
        return self._keep(upload)

    def full_disk(self):
        return ""

    def health(self):
        return {"ok": True}

    def _keep(self, upload):
        received = int(clock.now().timestamp())
        seq = self.works.journal.append(**upload.frame(), received_at=received).result()
        self._arrivals.append(
            Arrival(seq, upload.mine, upload.name, upload.file_at, received, upload.content, upload.fault, upload.ahead)
        )
        return seq

    def post(self, name, body):
        """One upload; the answer."""
        self._arrivals = []
        self._senders = Senders()
        self._senders.refresh()

        async def send():
            transport = httpx.ASGITransport(app=self._listener)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                headers = {"Authorization": f"Bearer {KEY}", "X-Feed-File": name}
                return await client.post("/api/feeds", content=body, headers=headers)

        answer = asyncio.run(send())
        self._take()
        return answer

    def look(self):
        """What lies in the watched folder is taken; the names of what was."""
        self._arrivals = []
        taken = []
        while claims := self.watcher.next_claims(1):
            self._keep(claims[0].upload)
            self.watcher.settle(claims[0], taken=claims[0].upload.fault is None)
            taken.append(claims[0].upload.name)
        self._take()
        return taken

    def _take(self):
        for arrival in self._arrivals:
            self.works.engine.take(arrival)
        self.works.engine.commit(full=True)

    def tick(self):
        """The next second of the service."""
        self.works.care.tick(clock.now())

    def newest(self):
        """The row of the file that came last."""
        return FeedFile.objects.order_by("-journal_seq").first()
