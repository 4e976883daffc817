"""Business rows held against the trail: what a row says now must be what was recorded when it was written.

Whoever rewrites a row beside the actions leaves the chain of events whole; only this comparison shows it. Rows that are
older than what their events keep are passed over, never guessed at.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DataError, transaction

from kuangan.base.digest import digest
from kuangan.casework.actions import facts_digest
from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import Attachment, Event
from kuangan.core.store import content_path
from kuangan.core.trail.verify import Break
from kuangan.core.values.sealing import as_told
from kuangan.flow.proof.kinds import RowKind, found_by
from kuangan.flow.proof.register import REGISTER
from kuangan.flow.proof.samples import SAMPLES
from kuangan.ledger.models import Entry
from kuangan.paper.models import Paper

log = logging.getLogger(__name__)
BATCH = 1000


@dataclass(frozen=True)
class Comparison:
    """How many recorded rows were looked at, and the first that does not fit."""

    rows: int
    broken: Break | None


def compare_rows() -> Comparison:
    """Look at every kind of row, and stop at the first kind with one that was changed or removed beside the trail."""
    compared = 0
    for kind in KINDS:
        compared += kind.count()
        broken = _first_misfit(kind)
        if broken is not None:
            return Comparison(compared, broken)
    return Comparison(compared, None)


UNREADABLE = "有留痕的对象编号或内容不是平台所写的形式，系伪造或被改动"


def _first_misfit(kind: RowKind) -> Break | None:
    """An event that can't even be read as one of its kind is none of the platform's."""
    try:
        with transaction.atomic():
            return next(kind.misfits(), None)
    except (DataError, ValueError, TypeError, KeyError):
        log.exception("events of %s cannot be compared with their rows", kind.subject)
        return Break(kind.subject, "", 0, UNREADABLE)


ENTRY_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v
LEFT JOIN ledger_entry e ON e.serial = v.subject_id::bigint AND e.version = coalesce((v.data->>'version')::int, 1)
WHERE v.subject_kind = 'ledger.entry' AND v.action IN ('entry_added', 'entry_corrected', 'entry_confirmed', 'entry_voided')
  AND (e.id IS NULL OR e.voided <> (v.action = 'entry_voided')
       OR (v.data ? 'values' AND (NOT v.data ? 'sealed' AND e.values <> v.data->'values' OR e.ledger <> v.data->>'ledger')))
ORDER BY v.id LIMIT 1
"""
MOVE_MISFITS = """
WITH made AS (
  SELECT case_id, move, target, inputs, row_number() OVER (PARTITION BY case_id ORDER BY id) AS n FROM casework_casemove
), told AS (
  SELECT subject_id::bigint AS case_id, seq, data, row_number() OVER (PARTITION BY subject_id ORDER BY seq) AS n
  FROM core_event WHERE subject_kind = 'casework.case' AND action = 'case_moved'
)
SELECT case_id, coalesce(told.seq, 0) FROM made FULL JOIN told USING (case_id, n)
WHERE made.move IS DISTINCT FROM told.data->>'move' OR made.target IS DISTINCT FROM told.data->>'to'
   OR (told.data ? 'sealed') IS NOT TRUE AND made.inputs IS DISTINCT FROM told.data->'inputs'
ORDER BY case_id, n LIMIT 1
"""
STATE_MISFITS = """
SELECT c.id, v.seq FROM casework_case c
JOIN LATERAL (SELECT seq, data FROM core_event WHERE subject_kind = 'casework.case' AND subject_id = c.id::text
              AND action = 'case_moved' ORDER BY seq DESC LIMIT 1) v ON true
WHERE c.state <> v.data->>'to' ORDER BY c.id LIMIT 1
"""
PAPER_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN paper_paper p ON p.id = v.subject_id::bigint
WHERE v.subject_kind = 'paper.paper' AND v.action = 'paper_frozen'
  AND (p.pdf_sha256 IS DISTINCT FROM v.data->>'pdf_sha256' OR p.number IS DISTINCT FROM v.data->>'number'
       OR p.signer_name IS DISTINCT FROM v.data->>'signer')
ORDER BY v.id LIMIT 1
"""
ATTACHMENT_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN core_attachment a ON a.id = v.subject_id::bigint
WHERE v.subject_kind = 'core.attachment' AND v.action = 'attachment_saved'
  AND (a.sha256 IS DISTINCT FROM v.data->>'sha256' OR a.size IS DISTINCT FROM (v.data->>'size')::bigint)
ORDER BY v.id LIMIT 1
"""
EPISODE_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN monitor_episode e ON e.id = v.subject_id::bigint
WHERE v.subject_kind = 'monitor.episode' AND v.action = 'episode_final'
  AND v.seq = (SELECT max(seq) FROM core_event w WHERE w.subject_kind = v.subject_kind AND w.subject_id = v.subject_id)
  AND (e.id IS NULL OR e.reacted_at IS NOT NULL AND (e.peak IS DISTINCT FROM (v.data->>'peak')::numeric
       OR e.started_at IS DISTINCT FROM (v.data->>'started_at')::timestamptz
       OR e.ended_at IS DISTINCT FROM (v.data->>'ended_at')::timestamptz
       OR e.excluded IS DISTINCT FROM (v.data->>'excluded')::boolean
       OR e.withdrawn IS DISTINCT FROM (v.data->>'withdrawn')::boolean))
ORDER BY v.id LIMIT 1
"""
ANSWER_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN core_localanswer a ON a.id = v.subject_id::bigint
WHERE v.subject_kind = 'core.localanswer' AND v.action = 'local_answer_confirmed'
  AND (a.confirmed_at IS NULL OR a.digest IS DISTINCT FROM v.data->>'digest' OR a.document IS DISTINCT FROM v.data->>'document'
       OR a.undoes_id IS NULL AND encode(sha256(convert_to(a.text, 'UTF8')), 'hex') <> a.digest)
ORDER BY v.id LIMIT 1
"""
LAW_UPDATE_MISFITS = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN core_lawupdate u ON u.id = v.subject_id::bigint
WHERE v.subject_kind = 'core.lawupdate' AND v.action = 'law_update_confirmed'
  AND (u.confirmed_at IS NULL OR u.digest IS DISTINCT FROM v.data->>'digest' OR u.number::text IS DISTINCT FROM v.data->>'number'
       OR u.undoes_id IS NULL AND encode(sha256(convert_to(u.text, 'UTF8')), 'hex') <> u.digest)
ORDER BY v.id LIMIT 1
"""


def _confidential_entries() -> Iterator[Break]:
    """Entries of which the trail keeps a digest only."""
    events = Event.objects.filter(subject_kind="ledger.entry", data__has_key="digest").order_by("pk")
    for event in events.iterator(chunk_size=BATCH):
        version = event.data.get("version", 1)
        entry = Entry.objects.filter(serial=int(event.subject_id), version=version).select_related("unit").first()
        whole: dict[str, Any] = (
            {"ledger": entry.ledger, "unit": entry.unit.code, "values": entry.values} if entry else {}
        )
        if digest(whole) != event.data["digest"]:
            yield Break("ledger.entry", event.subject_id, event.seq, "台账条目与登记时不同")


def _sealed_entries() -> Iterator[Break]:
    """Entries with sealed values, of which the trail keeps a digest of the sealed text."""
    events = Event.objects.filter(subject_kind="ledger.entry", data__has_key="sealed").order_by("pk")
    for event in events.iterator(chunk_size=BATCH):
        entry = Entry.objects.filter(serial=int(event.subject_id), version=event.data.get("version", 1)).first()
        if entry is None or as_told(entry.values, event.data["sealed"]) != event.data["values"]:
            yield Break("ledger.entry", event.subject_id, event.seq, "台账条目与登记时不同，被改动或删除")


def _sealed_moves() -> Iterator[Break]:
    """Steps with sealed inputs, each against the event of the same number in its case."""
    told = Event.objects.filter(subject_kind="casework.case", data__has_key="sealed").values_list("subject_id")
    for (key,) in told.distinct().iterator(chunk_size=BATCH):
        moves = CaseMove.objects.filter(case=int(key)).order_by("pk")
        events = Event.objects.filter(subject_kind="casework.case", subject_id=key, action="case_moved").order_by("seq")
        for move, event in zip(moves, events, strict=False):
            if as_told(move.inputs, event.data.get("sealed", ())) != event.data["inputs"]:
                yield Break("casework.case", key, event.seq, "办件步骤与留痕不符，被改动或增删")


def _facts() -> Iterator[Break]:
    """The facts of each case against the digest of its last event that keeps one."""
    told = Event.objects.filter(subject_kind="casework.case", data__has_key="facts")
    newest = told.order_by("subject_id", "-seq").distinct("subject_id").values_list("subject_id", "seq", "data")
    for key, seq, data in newest.iterator(chunk_size=BATCH):
        case = Case.objects.filter(pk=int(key)).first()
        if case is None or facts_digest(case) != data["facts"]:
            yield Break("casework.case", key, seq, "办件事实与留痕不符，被改动或删除")


def _stored_content() -> Iterator[Break]:
    """Files that rows name and that are not there any more; their bytes are proved whenever they are read."""
    papers = Paper.objects.exclude(pdf_sha256="").values_list("pk", "pdf_sha256")
    attachments = Attachment.objects.values_list("pk", "sha256")
    for kind, places in (("paper.paper", papers), ("core.attachment", attachments)):
        for key, sha256 in places.order_by("pk").iterator(chunk_size=BATCH):
            if not content_path(sha256).exists():
                yield Break(kind, str(key), 0, "所存文件已不在数据目录中")


KINDS = (
    RowKind(
        "ledger.entry",
        ("entry_added", "entry_corrected", "entry_confirmed", "entry_voided"),
        found_by(ENTRY_MISFITS, "ledger.entry", "台账条目与登记时不同，被改动或删除"),
    ),
    RowKind("ledger.entry", (), _confidential_entries),
    RowKind("ledger.entry", (), _sealed_entries),
    RowKind(
        "casework.case", ("case_moved",), found_by(MOVE_MISFITS, "casework.case", "办件步骤与留痕不符，被改动或增删")
    ),
    RowKind("casework.case", (), _sealed_moves),
    RowKind("casework.case", (), found_by(STATE_MISFITS, "casework.case", "办件状态与最后一步不符")),
    RowKind("casework.case", ("case_opened", "case_facts_amended"), _facts),
    RowKind(
        "paper.paper", ("paper_frozen",), found_by(PAPER_MISFITS, "paper.paper", "已定稿文书与留痕不符，被改动或删除")
    ),
    RowKind(
        "core.attachment",
        ("attachment_saved",),
        found_by(ATTACHMENT_MISFITS, "core.attachment", "附件摘要与上传时不符，被改动或删除"),
    ),
    RowKind("core.attachment", (), _stored_content),
    RowKind(
        "monitor.episode",
        ("episode_final",),
        found_by(EPISODE_MISFITS, "monitor.episode", "报警过程（峰值、起止、计入与否）与留痕不符，被改动或删除"),
    ),
    RowKind(
        "core.localanswer",
        ("local_answer_confirmed",),
        found_by(ANSWER_MISFITS, "core.localanswer", "本地取值答复与签署时不同，被改动或删除"),
    ),
    RowKind(
        "core.lawupdate",
        ("law_update_confirmed",),
        found_by(LAW_UPDATE_MISFITS, "core.lawupdate", "法规更新与签署时不同，被改动或删除"),
    ),
    *SAMPLES,
    *REGISTER,
)
