from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from kuangan.core import actions as core
from kuangan.core import queries as core_queries
from kuangan.core.errors import Refused
from kuangan.core.store import content_path
from kuangan.host.data_folder import DataFolder
from kuangan.law.paper import load_template, templates
from kuangan.law.role import Role
from kuangan.paper import actions, queries
from kuangan.paper.draft import form_fields
from kuangan.paper.models import Paper, PaperState
from kuangan.paper.render import render_pdf
from tests.db.core.test_attachments import png
from tests.db.core.test_roles import LEAVE_FROM, LEAVE_TO
from tests.db.paper import signed
from tests.unit.host.disks import MB, fill, small_disk

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def frozen(world, draft):
    return signed.freeze_paper(actor=world.head, paper=draft(world), at=AT)


@pytest.fixture
def notice(world, draft):
    return signed.freeze_paper(actor=world.head, paper=draft(world, "suspension_notice"), at=AT)


def history(paper) -> list[str]:
    return [event.action for event in core_queries.events_of(paper)]


def test_freezing_numbers_renders_and_hashes_at_once(world, draft):
    paper = draft(world)
    hold = core_queries.holds(world.head, Role.bureau_head, world.bureau, AT)
    done = signed.freeze_paper(actor=world.head, paper=paper, signer=hold, at=AT)
    assert (done.state, done.number, done.frozen_at) == (PaperState.frozen, "晋(襄垣)煤安处〔2026〕1号", AT)
    assert (done.signer_name, done.signer_post, done.acting_for) == ("局长甲", world.head_post, None)
    assert queries.pdf_bytes(done).startswith(b"%PDF-")
    assert history(done) == ["paper_drafted", "paper_frozen"]
    assert core_queries.events_of(done).last().data["pdf_sha256"] == done.pdf_sha256


def test_a_kind_without_number_takes_none(world, draft):
    assert actions.freeze_paper(actor=None, paper=draft(world, "alarm_notice"), at=AT).number is None
    assert signed.freeze_paper(actor=world.head, paper=draft(world), at=AT).number == "晋(襄垣)煤安处〔2026〕1号"


def test_a_full_disk_refuses_a_signature_in_words_and_takes_no_number(world, draft, settings):
    paper = draft(world)
    with small_disk(200) as place:
        settings.DATA = DataFolder(place)
        fill(place, leave=40 * MB)
        with pytest.raises(Refused, match=r"磁盘空间不足.*稍后重试"):
            signed.freeze_paper(actor=world.head, paper=paper, at=AT)
        paper.refresh_from_db()
        assert (paper.state, paper.number) == (PaperState.draft, None)


def test_the_year_of_a_number_is_the_civil_one(world, draft):
    eve = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
    first = signed.freeze_paper(actor=world.head, paper=draft(world), at=eve)
    second = signed.freeze_paper(actor=world.head, paper=draft(world), at=eve + timedelta(seconds=1))
    assert (first.number, second.number) == ("晋(襄垣)煤安处〔2025〕1号", "晋(襄垣)煤安处〔2026〕1号")


def test_a_deputy_signs_for_the_absent_head_and_nobody_else_may(world, draft):
    core.set_absence(actor=None, post=world.head_post, from_at=LEAVE_FROM, to_at=LEAVE_TO, reason="休假")
    own = core_queries.holds(world.head, Role.bureau_head, world.bureau, AT)
    with pytest.raises(Refused, match="不能签发"):
        signed.freeze_paper(actor=world.head, paper=draft(world), signer=own, at=LEAVE_FROM)
    standing_in = core_queries.holds(world.deputy, Role.bureau_head, world.bureau, LEAVE_FROM)
    with pytest.raises(Refused, match="不能签发"):
        signed.freeze_paper(actor=world.deputy, paper=draft(world), signer=standing_in, at=LEAVE_TO)
    done = signed.freeze_paper(actor=world.deputy, paper=draft(world), signer=standing_in, at=LEAVE_FROM)
    assert (done.signer_name, done.signer_post, done.acting_for) == ("副局长乙", world.deputy_post, world.head_post)
    assert core_queries.events_of(done).get(action="paper_frozen").acting_for == world.head_post


def test_the_same_content_gives_the_same_bytes():
    sample = load_template("onsite_decision").sample
    told = {"number": "晋(襄垣)煤安处〔2026〕1号", "unit": "甲县应急管理局"}
    first, second = (render_pdf("onsite_decision", sample, AT, **told) for _ in range(2))
    assert first == second
    assert render_pdf("onsite_decision", sample, AT, **(told | {"number": "晋(襄垣)煤安处〔2026〕2号"})) != first


@pytest.mark.parametrize(
    ("change", "word"), [({"mine": ""}, "缺少“"), ({"surprise": "x"}, "没有“surprise”"), ({"items": "x"}, "不合要求")]
)
def test_a_field_that_does_not_fit_stops_the_freezing_by_name(world, draft, change, word):
    paper = draft(world, **change)
    with pytest.raises(Refused, match=f"{word}.*onsite_decision"):
        signed.freeze_paper(actor=world.head, paper=paper, at=AT)
    paper.refresh_from_db()
    assert (paper.state, paper.number, paper.pdf_sha256) == (PaperState.draft, None, "")
    assert history(paper) == ["paper_drafted"]
    actions.revise_paper(actor=world.head, paper=paper, data=load_template("onsite_decision").sample)
    assert signed.freeze_paper(actor=world.head, paper=paper, at=AT).number == "晋(襄垣)煤安处〔2026〕1号"


def test_fonts_of_the_system_do_but_are_noted(world, draft, monkeypatch, tmp_path):
    monkeypatch.setattr("kuangan.paper.render.FONTS", tmp_path)
    done = signed.freeze_paper(actor=world.head, paper=draft(world), at=AT)
    assert history(done) == ["paper_drafted", "paper_frozen", "paper_set_with_system_fonts"]


def test_a_frozen_paper_is_changed_neither_by_actions_nor_in_the_database(world, frozen):
    with pytest.raises(Refused, match="不能再改动"):
        actions.revise_paper(actor=world.head, paper=frozen, data={})
    with pytest.raises(Refused, match="不能再改动"):
        signed.freeze_paper(actor=world.head, paper=frozen, at=AT)
    changes = ({"data": {}}, {"number": "x"}, {"pdf_sha256": "0" * 64}, {"title": "x"}, {"signer_name": "x"})
    for change in changes:
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            Paper.objects.filter(pk=frozen.pk).update(**change)
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        Paper.objects.filter(pk=frozen.pk)._raw_delete("default")


def test_a_pdf_changed_on_disk_or_not_yet_made_is_not_handed_out(world, draft, frozen):
    content_path(frozen.pdf_sha256).write_bytes(b"%PDF-1.7 other")
    with pytest.raises(ValueError, match="changed on disk"):
        queries.pdf_bytes(frozen)
    with pytest.raises(ValueError, match="is a draft"):
        queries.pdf_bytes(draft(world))


def test_serving_is_noted_with_its_proof_and_the_first_one_counts(world, frozen):
    receipt = core.save_attachment(actor=world.head, name="送达照片.png", content=png())
    first = signed.serve_paper(
        actor=world.head, paper=frozen, method="direct", receiver="调度丙", at=AT, receipt=receipt
    )
    later = signed.serve_paper(
        actor=world.head, paper=frozen, method="post", receiver="调度丙", at=AT + timedelta(days=1)
    )
    assert frozen.state == PaperState.served
    assert (first.receipt, queries.service_of(frozen)) == (receipt, first)
    assert later.pk != first.pk


def test_the_receipt_paper_is_linked(world, draft, frozen):
    receipt = signed.freeze_paper(actor=world.head, paper=draft(world, "service_receipt"), at=AT)
    service = signed.serve_paper(
        actor=world.head, paper=frozen, method="left", receiver="调度丙", at=AT, receipt=receipt, refused=True
    )
    assert (service.receipt, service.receipt_paper, service.refused) == (None, receipt, True)


def test_serving_is_refused_too_early_for_drafts_and_for_refusals_without_proof(world, draft, frozen):
    told = {"actor": world.head, "method": "direct", "receiver": "调度丙"}
    with pytest.raises(Refused, match="早于"):
        signed.serve_paper(paper=frozen, at=AT - timedelta(microseconds=1), **told)
    with pytest.raises(Refused, match="只有已定稿"):
        signed.serve_paper(paper=draft(world), at=AT, **told)
    with pytest.raises(Refused, match="拒绝签收"):
        signed.serve_paper(paper=frozen, at=AT, refused=True, **told)
    assert signed.serve_paper(paper=frozen, at=AT, **told).at == AT


def test_a_planned_publication_is_shown_only_once_published(world, notice):
    due = AT + timedelta(days=7)
    plan = actions.plan_publication(actor=world.head, paper=notice, public_data={"mine": "甲一煤矿"}, due_at=due, at=AT)
    assert list(queries.published_papers()) == []
    shown = signed.publish_paper(actor=world.head, paper=notice, at=AT + timedelta(days=1))
    assert (shown, shown.due_at, shown.published_at) == (plan, due, AT + timedelta(days=1))
    assert (list(queries.published_papers()), notice.state) == ([plan], PaperState.published)
    with pytest.raises(Refused, match="已有公示"):
        signed.publish_paper(actor=world.head, paper=notice, public_data={}, at=AT)


def test_only_kinds_marked_for_publication_are_published(world, draft):
    internal = signed.freeze_paper(actor=world.head, paper=draft(world, "alarm_notice"), at=AT)
    with pytest.raises(Refused, match="不属于公示文书"):
        signed.publish_paper(actor=world.head, paper=internal, public_data={}, at=AT)


def test_a_withdrawn_publication_disappears_and_a_new_one_gets_another_address(world, notice):
    first = signed.publish_paper(actor=world.head, paper=notice, public_data={}, at=AT)
    signed.withdraw_publication(actor=world.head, publication=first, reason="内容有误", at=AT)
    notice.refresh_from_db()
    assert (list(queries.published_papers()), notice.state) == ([], PaperState.frozen)
    with pytest.raises(Refused, match="已撤回"):
        signed.withdraw_publication(actor=world.head, publication=first, reason="内容有误", at=AT)
    second = signed.publish_paper(actor=world.head, paper=notice, public_data={}, at=AT)
    assert (first.slug, second.slug) == (f"suspension-notice-{notice.pk}", f"suspension-notice-{notice.pk}-2")


def test_withdrawing_a_paper_takes_its_publication_back_and_keeps_its_number_used(world, draft, notice, frozen):
    signed.publish_paper(actor=world.head, paper=notice, public_data={}, at=AT)
    signed.withdraw_paper(actor=world.head, paper=notice, reason="决定撤销", at=AT)
    signed.withdraw_paper(actor=world.head, paper=frozen, reason="决定撤销", at=AT)
    assert (notice.state, list(queries.published_papers())) == (PaperState.withdrawn, [])
    assert signed.freeze_paper(actor=world.head, paper=draft(world), at=AT).number == "晋(襄垣)煤安处〔2026〕2号"
    with pytest.raises(Refused, match="只有已定稿"):
        signed.withdraw_paper(actor=world.head, paper=notice, reason="决定撤销", at=AT)


def test_papers_are_seen_by_scope_and_a_decision_by_its_mine_from_its_service_on(world, frozen):
    assert list(queries.papers_visible_to(world.dispatcher)) == []
    signed.serve_paper(actor=world.head, paper=frozen, method="direct", receiver="甲二", at=AT)
    assert list(queries.papers_visible_to(world.dispatcher)) == [frozen]
    core.relieve(actor=None, post=world.dispatcher_post)
    assert list(queries.papers_visible_to(world.dispatcher)) == []


def test_a_form_shows_every_field_in_order_with_what_is_missing():
    for template in templates():
        shown = form_fields(template.id, template.sample)
        assert [field.name for field in shown] == [field.name for field in template.fields]
        assert not any(field.missing for field in shown)
        empty = form_fields(template.id, {})
        assert {f.name for f in empty if f.missing} == {f.name for f in template.fields if f.required}
