"""Samples and verdicts held against the trail: what was committed to, frozen, drawn, found, confirmed, objected to and answered."""

from collections.abc import Iterator
from typing import Final

from kuangan.base import sampling
from kuangan.core.trail.verify import Break
from kuangan.flow.proof.kinds import RowKind, found_by
from kuangan.sample.models import Sample, Verification
from kuangan.sample.queries import whole_record

SAMPLE: Final = "sample.sample"
VERIFICATION: Final = "sample.verification"
SAMPLE_MISFITS: Final = """
SELECT v.subject_id, v.seq FROM core_event v LEFT JOIN sample_sample s ON s.id = v.subject_id::bigint
WHERE v.subject_kind = 'sample.sample'
  AND (v.action = 'sample_committed' AND s.record IS DISTINCT FROM v.data->'record'
       OR v.action = 'sample_frozen' AND s.pool_digest IS DISTINCT FROM v.data->>'pool_digest'
       OR v.action = 'sample_drawn' AND s.result->'drawn' IS DISTINCT FROM v.data->'drawn')
ORDER BY v.id LIMIT 1
"""
VERDICT_MISFITS: Final = """
WITH told AS (
  SELECT subject_id::bigint AS id,
    max(seq) FILTER (WHERE action = 'verdict_written') AS written, max(seq) FILTER (WHERE action = 'verdict_confirmed') AS confirmed,
    max(seq) FILTER (WHERE action = 'verdict_objected') AS objected, max(seq) FILTER (WHERE action = 'verdict_reviewed') AS reviewed
  FROM core_event WHERE subject_kind = 'sample.verification' GROUP BY subject_id
), event AS (SELECT subject_id::bigint AS id, seq, actor_id, data FROM core_event WHERE subject_kind = 'sample.verification')
SELECT coalesce(s.id, told.id), coalesce(r.seq, o.seq, c.seq, w.seq, 0)
FROM sample_verification s FULL JOIN told ON told.id = s.id
LEFT JOIN event w ON w.id = told.id AND w.seq = told.written
LEFT JOIN event c ON c.id = told.id AND c.seq = told.confirmed
LEFT JOIN event o ON o.id = told.id AND o.seq = told.objected
LEFT JOIN event r ON r.id = told.id AND r.seq = told.reviewed
WHERE s.id IS NULL
   OR s.verdict <> coalesce(w.data->>'verdict', '') OR s.account <> coalesce(w.data->>'account', '')
   OR s.place <> coalesce(w.data->>'place', '') OR s.looked_at <> coalesce(w.data->'looked_at', '[]')
   OR s.judged_by_id IS DISTINCT FROM w.actor_id OR s.confirmed_by_id IS DISTINCT FROM c.actor_id
   OR s.objection <> coalesce(o.data->>'reason', '') OR s.objected_by_id IS DISTINCT FROM o.actor_id
   OR s.answer <> coalesce(r.data->>'opinion', '') OR s.answered_by_id IS DISTINCT FROM r.actor_id
   OR s.outcome <> CASE WHEN (r.data->>'follow')::boolean THEN 'true' ELSE coalesce(c.data->>'verdict', '') END
ORDER BY 1 LIMIT 1
"""
FILE_MISFITS: Final = """
SELECT v.subject_id, v.seq FROM core_event v CROSS JOIN LATERAL jsonb_array_elements_text(v.data->'files') AS given(sha256)
WHERE v.subject_kind = 'sample.verification' AND v.action = 'verdict_written' AND NOT EXISTS (
  SELECT 1 FROM sample_verification_attachments m JOIN core_attachment a ON a.id = m.attachment_id
  WHERE m.verification_id = v.subject_id::bigint AND a.sha256 = given.sha256)
ORDER BY v.id LIMIT 1
"""
CHANGED: Final = "抽查记录与留痕不符，被改动或删除"
VERDICT_CHANGED: Final = "抽查核实结论、异议或复核与留痕不符，被改动或删除"


def _drawings() -> Iterator[Break]:
    """Samples whose commitment, frozen pool or draw is not what its digests say, or of which a duty drawn has no verification."""
    for sample in Sample.objects.order_by("pk").iterator():
        unproven = sample.drawn_at is not None and bool(sampling.problems(whole_record(sample)))
        if unproven or sampling.commitment(sample.record) != sample.commitment or not _pool_fits(sample):
            yield Break(SAMPLE, str(sample.pk), 0, CHANGED)
        drawn = {int(key) for stratum in (sample.result or {}).get("drawn", ()) for key in stratum}
        if drawn != set(Verification.objects.filter(sample=sample).values_list("duty_id", flat=True)):
            yield Break(SAMPLE, str(sample.pk), 0, "抽中事项与核实记录不符，被增删")


def _pool_fits(sample: Sample) -> bool:
    if sample.pool is None:
        return not sample.pool_digest
    return sampling.pool_digest({"commitment": sample.commitment, "pool": sample.pool}) == sample.pool_digest


SAMPLES: Final = (
    RowKind(SAMPLE, ("sample_committed", "sample_frozen", "sample_drawn"), found_by(SAMPLE_MISFITS, SAMPLE, CHANGED)),
    RowKind(SAMPLE, (), _drawings),
    RowKind(
        VERIFICATION,
        ("verdict_written", "verdict_confirmed", "verdict_objected", "verdict_reviewed"),
        found_by(VERDICT_MISFITS, VERIFICATION, VERDICT_CHANGED),
    ),
    RowKind(VERIFICATION, (), found_by(FILE_MISFITS, VERIFICATION, "抽查核实的证据与留痕不符，被删除")),
)
