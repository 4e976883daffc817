"""The register held against the trail: its changes, the dated properties of mines, the units to which they belong, who holds which post."""

from typing import Final

from kuangan.flow.proof.kinds import RowKind, found_by

CHANGE: Final = "flow.registerchange"
CHANGED: Final = "档案变更记录与留痕不符，被改动或增删"
CHANGE_MISFITS: Final = """
WITH told AS (
  SELECT subject_id::bigint AS id, seq, action, data FROM core_event WHERE subject_kind = 'flow.registerchange'
), newest AS (SELECT DISTINCT ON (id) * FROM told ORDER BY id, seq DESC),
said AS (SELECT DISTINCT ON (id) * FROM told WHERE data ? 'values' ORDER BY id, seq DESC)
SELECT coalesce(c.id, n.id), coalesce(n.seq, 0) FROM flow_registerchange c
FULL JOIN newest n USING (id) LEFT JOIN said s USING (id)
WHERE c.id IS NULL OR n.id IS NULL OR s.id IS NULL
   OR c.state <> CASE n.action WHEN 'change_failed' THEN 'failed' ELSE n.data->>'state' END
   OR c.kind <> s.data->>'kind' OR c.subject <> s.data->>'subject' OR c.values <> s.data->'values'
   OR c.effective_on <> (s.data->>'effective_on')::date OR c.document <> s.data->>'document' OR c.reason <> s.data->>'reason'
   OR c.outcome <> s.data->'outcome' OR c.corrects_id IS DISTINCT FROM (s.data->>'corrects')::bigint
   OR coalesce((SELECT sha256 FROM core_attachment WHERE id = c.file_id), '') <> s.data->>'file'
   OR c.answer <> s.data->>'answer' AND n.action <> 'change_failed' AND NOT (c.state = 'proposed' AND c.request_id IS NOT NULL)
ORDER BY 1 LIMIT 1
"""
MINE: Final = "mine.mine"
ATTRIBUTES: Final = ("mine_attribute_set", "mine_attributes_set", "mine_attribute_withdrawn")
ATTRIBUTE_MISFITS: Final = """
WITH told AS (
  SELECT subject_id::bigint AS mine_id, seq, data->>'name' AS name, data->>'value' AS value, (data->>'valid_from')::date AS valid_from,
    coalesce(data->>'source', '') AS source, action = 'mine_attribute_withdrawn' AS gone
  FROM core_event WHERE subject_kind = 'mine.mine' AND action IN ('mine_attribute_set', 'mine_attribute_withdrawn')
  UNION ALL
  SELECT subject_id::bigint, seq, pair.key, pair.value, (data->>'valid_from')::date, '', false
  FROM core_event, jsonb_each_text(data->'values') AS pair WHERE subject_kind = 'mine.mine' AND action = 'mine_attributes_set'
), newest AS (
  SELECT DISTINCT ON (mine_id, name, valid_from, source) * FROM told ORDER BY mine_id, name, valid_from, source, seq DESC
), standing AS (SELECT * FROM mine_mineattribute WHERE withdrawn_at IS NULL)
SELECT mine_id, coalesce(n.seq, 0) FROM newest n FULL JOIN standing a USING (mine_id, name, valid_from, source)
WHERE n.mine_id IS NULL OR (a.id IS NULL) <> n.gone OR a.value <> n.value
ORDER BY 1 LIMIT 1
"""
RELATION_MISFITS: Final = """
WITH told AS (
  SELECT v.subject_id::bigint AS id, v.seq, relation, CASE v.action
    WHEN 'mine_created' THEN v.data->>relation ELSE v.data->>'after' END AS code
  FROM core_event v, unnest(ARRAY['supervisor', 'company', 'inspectorate']) AS relation
  WHERE v.subject_kind = 'mine.mine' AND (v.action IN ('mine_created', 'mine_' || relation || '_assigned')
    OR v.action = 'mine_relation_withdrawn' AND v.data->>'relation' = relation)
), newest AS (SELECT DISTINCT ON (id, relation) * FROM told ORDER BY id, relation, seq DESC)
SELECT n.id, n.seq FROM newest n LEFT JOIN mine_mine m ON m.unit_id = n.id
LEFT JOIN core_unit u ON u.id = CASE n.relation WHEN 'supervisor' THEN m.supervisor_id WHEN 'company' THEN m.company_id ELSE m.inspectorate_id END
WHERE u.code IS DISTINCT FROM n.code ORDER BY n.id LIMIT 1
"""
POST: Final = "core.post"
HOLDER_MISFITS: Final = """
WITH told AS (
  SELECT DISTINCT ON (subject_id) subject_id::bigint AS post_id, seq,
    CASE action WHEN 'relieved' THEN NULL ELSE (data->>'person')::bigint END AS person_id
  FROM core_event WHERE subject_kind = 'core.post' AND action IN ('appointed', 'post_handed_over', 'relieved')
  ORDER BY subject_id, seq DESC
), held AS (SELECT post_id, person_id FROM core_tenure WHERE to_at IS NULL),
filled AS (
  SELECT (post.value->>'person')::bigint AS person_id FROM core_event, jsonb_each(data) AS post
  WHERE subject_kind = 'core.unit' AND action = 'posts_filled'
)
SELECT post_id, coalesce(t.seq, 0) FROM told t FULL JOIN held h USING (post_id)
WHERE CASE WHEN t.post_id IS NULL THEN h.person_id NOT IN (SELECT person_id FROM filled)
           ELSE h.person_id IS DISTINCT FROM t.person_id END
ORDER BY 1 LIMIT 1
"""
REGISTER: Final = (
    RowKind(
        CHANGE,
        (
            "change_proposed",
            "change_decided",
            "change_in_effect",
            "change_corrected",
            "change_refused",
            "change_withdrawn",
            "change_failed",
        ),
        found_by(CHANGE_MISFITS, CHANGE, CHANGED),
    ),
    RowKind(MINE, ATTRIBUTES, found_by(ATTRIBUTE_MISFITS, MINE, "煤矿档案项目与留痕不符，未经变更被改动或增删")),
    RowKind(
        MINE,
        ("mine_created", "mine_supervisor_assigned", "mine_company_assigned", "mine_inspectorate_assigned"),
        found_by(RELATION_MISFITS, MINE, "煤矿所属单位与留痕不符，未经变更被改动"),
    ),
    RowKind(
        POST,
        ("appointed", "post_handed_over", "relieved"),
        found_by(HOLDER_MISFITS, POST, "岗位任职与留痕不符，未经任免被改动"),
    ),
)
