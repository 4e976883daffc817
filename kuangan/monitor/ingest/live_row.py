"""A mine's newest values as the pages read them."""

import numpy as np
import numpy.typing as npt

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import NEVER, STATUS_EXCLUDED
from kuangan.monitor.ingest.book import Books, MineBook
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.ingest.rows import LiveData
from kuangan.monitor.live import Live
from kuangan.monitor.packing import INT32, INT64, packed


class LivePacker:
    """Packs `models.LiveRow`s; remembers the row ids of each mine's points in the order of its registry."""

    def __init__(self, books: Books, pipeline: Pipeline) -> None:
        self._books = books
        self._pipeline = pipeline
        self._known: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]] = {}

    def pack(self, mine: str, received_at: int) -> LiveData:
        """The mine's live row as of now."""
        book = self._books.of(mine)
        live = self._pipeline.live(mine)
        ids, methane = self._ids(mine, book, live)
        sent = (live.time != NEVER) & (ids > 0)
        counted = sent & methane & (live.value != NO_VALUE) & ((live.status & STATUS_EXCLUDED) == 0)
        top = int(np.argmax(np.where(counted, live.value, np.iinfo(np.int64).min))) if counted.any() else None
        return LiveData(
            mine_id=book.mine.pk,
            path=book.mine.unit.path,
            at=int(live.time[sent].max()) if sent.any() else None,
            received_at=received_at,
            points=packed(ids[sent], INT64),
            times=packed(live.time[sent], INT64),
            values=packed(live.value[sent], INT64),
            statuses=packed(live.status[sent], INT32),
            highest=None if top is None else int(live.value[top]),
            highest_point=None if top is None else int(ids[top]),
        )

    def _ids(self, mine: str, book: MineBook, live: Live) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        known = self._known.get(mine)
        if known is None or len(known[0]) != len(live.codes):
            entries = [book.entry_of(code) for code in live.codes]
            ids = np.array([entry.id for entry in entries], np.int64)
            known = self._known[mine] = ids, np.array([entry.methane for entry in entries], np.bool_)
        return known
