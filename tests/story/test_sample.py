"""Proof by sample: drawn by a seed committed to before, looked at by those above, and what is found changes what is believed."""

import copy
import json

import pytest

from kuangan.base import sampling
from kuangan.casework.models import Finding
from kuangan.cli.main import main
from kuangan.core.actions import create_unit, save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Incident, Notice
from kuangan.core.queries import notices_for
from kuangan.core.sealed import unseal
from kuangan.duty.actions import cancel, fulfil, reinstate
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.status import status_of
from kuangan.flow.samples import answer_objection, confirm_verdict, draw_samples, tell_late_verifications
from kuangan.law.duty.obligation_file import obligations
from kuangan.sample.actions import object_to_verdict, return_verdict, write_verdict
from kuangan.sample.credibility import credibility_of
from kuangan.sample.models import Sample, Verification
from kuangan.sample.queries import public_record, verifications_visible_to, waiting_for, whole_record
from tests.story.year import Year, moment

LOOKED = {
    "looked_at": ["file", "place"],
    "place": "矿调度室",
    "account": "会议室监控显示当日无人开会，签到系同一人笔迹",
}


@pytest.fixture
def drawn(year) -> Year:
    """April: what the first mine reported of March has been drawn."""
    year.to("2026-03-01")
    sweep(year)
    year.to("2026-03-12")
    year.reported = report(year, "mine")
    year.to("2026-04-01")
    sweep(year)
    return year


def sweep(year, rounds: int = 3) -> None:
    """As many rounds as the sweep makes within a second."""
    for _ in range(rounds):
        year.at = year.at.replace(microsecond=year.at.microsecond + 1)
        draw_samples(year.at)


def report(year, unit: str, month: str = "2026-03") -> Duty:
    """A duty of the month that the unit reports as done, with a file of its own that counts without anybody having looked."""
    looked_at = [law.id for law in obligations().values() if law.accepted]
    owed = Duty.objects.filter(unit=year.city.units[unit], done_at=None, cancelled_at=None, needed=1, period=month)
    duty = owed.exclude(obligation__in=looked_at).order_by("pk")[0]
    return give(year, duty, f"{month}-{duty.pk}")


def give(year, duty: Duty, text: str) -> Duty:
    actor = year.city["mine_director"]
    proof = save_attachment(actor=actor, name="会议记录.txt", content=text.encode(), at=year.at)
    key = f"file:{proof.pk}"
    given = {"done_at": year.at, "note": "已办", "attachments": [proof], "at": year.at}
    fulfil(actor=actor, duty=duty, source=Source.file, key=key, **given)
    duty.refresh_from_db()
    return duty


def evidence(year, username: str):
    return [save_attachment(actor=year.city[username], name="照片.txt", content=b"photo", at=year.at)]


def write(year, item, verdict: str, who: str = "county_officer", **change):
    given = {**LOOKED, "attachments": evidence(year, who), **change}
    return write_verdict(actor=year.city[who], verification=item, verdict=verdict, at=year.at, **given)


def judge(year, item, verdict: str, by: str = "county_officer", second: str = "county_officer_b"):
    row = write(year, item, verdict, by)
    return confirm_verdict(actor=year.city[second], verification=row, seen=row.judged_at, at=year.at)


def item_of(duty: Duty) -> Verification:
    return Verification.objects.get(duty=duty)


def figure(year, unit: str = "mine"):
    key = year.city.units[unit].pk
    return credibility_of([key], year.at)[key]


def county_sample(year, month: str = "2026-03") -> Sample:
    return Sample.objects.get(unit=year.city.units["county"], month=month)


def test_a_duty_is_drawn_found_untrue_and_what_is_believed_follows(drawn):
    year, duty = drawn, drawn.reported
    mine = year.city.units["mine"]
    item = item_of(duty)
    assert (item.grade, item.share, item.by_unit.name) == ("self", 5, "示例县应急管理局")
    assert year.counts(duty.measure, "mine", "2026-03")["met"] == 1
    row = write(year, item, "untrue")
    duty.refresh_from_db()
    assert duty.done_at is not None, "one person alone changes nothing"
    with pytest.raises(Refused, match="第二人"):
        confirm_verdict(actor=year.city["county_officer"], verification=row, seen=row.judged_at, at=year.at)
    confirm_verdict(actor=year.city["county_officer_b"], verification=row, seen=row.judged_at, at=year.at)
    duty.refresh_from_db()
    assert (duty.done_at, status_of(duty, year.at)) == (None, "overdue" if duty.due_at <= year.at else "due")
    assert "met" not in year.counts(duty.measure, "mine", "2026-03")
    finding = Finding.objects.get(rule="reported_done_untrue", revoked_at=None)
    assert (finding.mine.unit, finding.measure) == (mine, duty.measure)
    assert ["coal_mine_safety_ordinance", "37.1"] in finding.cites
    assert year.counts(duty.measure, "mine", "2026-04")["breached"] == 1
    assert (figure(year).true, figure(year).checked, figure(year).percent) == (0, 1, None)
    assert figure(year).words.startswith("样本不足")
    told = notices_for(year.city["mine_director"]).get(kind="sample_verdict")
    assert "不属实" in told.title
    assert Event.objects.filter(action="duty_credit_barred", subject_id=str(duty.pk)).count() == 1


def test_the_next_draw_has_the_raised_share_and_a_true_one_brings_it_back(drawn):
    year = drawn
    judge(year, item_of(year.reported), "untrue")
    year.to("2026-04-10")
    april = report(year, "mine", "2026-04")
    year.to("2026-05-01")
    sweep(year)
    assert item_of(april).share == 10
    judge(year, item_of(april), "true")
    april.refresh_from_db()
    assert april.grade == "accepted", "two persons of the unit above have seen it"
    year.to("2026-05-10")
    may = report(year, "mine", "2026-05")
    year.to("2026-06-01")
    sweep(year)
    assert item_of(may).share == 5


def test_what_cannot_be_shown_keeps_the_credit_and_raises_the_share_a_little(drawn):
    year = drawn
    judge(year, item_of(year.reported), "unshown")
    year.reported.refresh_from_db()
    assert (year.reported.done_at is not None, figure(year).unshown) == (True, 1)
    assert not Finding.objects.filter(rule="reported_done_untrue").exists()
    year.to("2026-04-10")
    april = report(year, "mine", "2026-04")
    year.to("2026-05-01")
    sweep(year)
    assert item_of(april).share == 8


def test_neither_the_same_file_nor_the_same_credit_brings_back_what_was_untrue(drawn):
    year, duty = drawn, drawn.reported
    judge(year, item_of(duty), "untrue")
    with pytest.raises(Refused, match="同一文件不重复计入"):
        give(year, duty, f"2026-03-{duty.pk}")
    assert give(year, duty, "另一份材料").done_at is not None


def test_what_was_out_of_reach_when_its_month_was_frozen_is_in_the_next_pool(year):
    """The unit corrects what the duty follows from, so that it is not owed on the day of the freezing, and then back again."""
    year.to("2026-03-01")
    sweep(year)
    year.to("2026-03-12")
    duty = report(year, "mine")
    year.to("2026-04-01")
    cancel(actor=None, duties=[duty], reason="所依据的台账记录已更正", done_too=True, at=year.at)
    sweep(year)
    reinstate(actor=None, duties=[duty], at=year.at)
    assert not Verification.objects.filter(duty=duty).exists()
    year.to("2026-05-01")
    sweep(year)
    assert item_of(duty).sample.month == "2026-04"
    year.to("2026-06-01")
    sweep(year)
    assert Verification.objects.filter(duty=duty).count() == 1, "in one pool, once"


def test_what_the_unit_adds_after_the_draw_and_before_the_look_saves_no_untrue_report(drawn):
    """It hears that somebody asks for the papers, and puts another one beside the first."""
    year, duty = drawn, drawn.reported
    give(year, duty, "补充的材料")
    judge(year, item_of(duty), "untrue")
    duty.refresh_from_db()
    assert duty.done_at is None
    assert "met" not in year.counts(duty.measure, "mine", "2026-03")


def test_neither_the_same_entry_however_corrected_nor_its_copy_with_the_same_file_counts_again(year):
    year.to("2026-03-02")
    year.to("2026-04-02")
    sweep(year)
    entry = year.write("mine_director", "production_month", "mine")
    duty = year.duty("production_month_report", "mine", period=entry_period(entry))
    assert duty.done_at is not None
    year.to("2026-05-01")
    sweep(year)
    judge(year, item_of(duty), "untrue")
    assert year.credits(duty)[0] == 0
    year.correct("mine_director", entry, "笔误", output_t="101000")
    assert year.credits(duty)[0] == 0
    year.to("2026-05-03")
    assert year.credits(duty)[0] == 0, "nor does the nightly look at what is recorded"


def entry_period(entry) -> str:
    return Fulfilment.objects.get(source="entry", key=str(entry.serial)).duty.period


def test_seed_pool_and_draw_are_proven_and_every_change_is_found(drawn, tmp_path, capsys):
    year, sample = drawn, county_sample(drawn)
    seed = unseal(sample.seed, sample.seed_place)
    record = whole_record(sample)
    assert sampling.problems(record) == []
    assert seed not in json.dumps(public_record(sample)), "nobody is warned while something is to be verified"
    for item in Verification.objects.filter(sample=sample):
        judge(year, item, "true")
    assert public_record(sample) == record
    steps = Event.objects.filter(subject_kind="sample.sample", subject_id=str(sample.pk)).order_by("seq")
    assert [step.action for step in steps] == ["sample_committed", "sample_frozen", "sample_drawn"]
    assert steps[0].at < moment("2026-03-02") < steps[1].at < steps[2].at
    for spoil in (_other_seed, _duty_left_out, _share_lowered, _other_drawn, _frozen_before):
        spoiled = copy.deepcopy(record)
        spoil(spoiled)
        assert sampling.problems(spoiled) != [], spoil.__name__
    for content, status in ((record, 0), (_spoiled(record), 1)):
        file = tmp_path / f"{status}.json"
        file.write_text(json.dumps(content), "utf-8")
        assert main(["draw", "verify", str(file)]) == status
    assert "抽取范围与冻结时的摘要不一致" in capsys.readouterr().out


def _spoiled(record):
    spoiled = copy.deepcopy(record)
    _share_lowered(spoiled)
    return spoiled


def _other_seed(record):
    record["draw"]["seed"] = "00" * 32


def _duty_left_out(record):
    record["pool"]["strata"][0]["keys"].pop()


def _share_lowered(record):
    record["pool"]["strata"][0]["share"] = 1


def _other_drawn(record):
    record["draw"]["drawn"][0] = ["999999"]


def _frozen_before(record):
    record["pool"]["frozen_at"] = "2026-02-01T00:00:00+00:00"
    record["pool_digest"] = sampling.pool_digest(record)


def test_the_owing_unit_sees_nothing_before_the_verdict_is_confirmed_and_may_then_object(drawn):
    year, duty = drawn, drawn.reported
    item = item_of(duty)
    row = write(year, item, "untrue")
    for name in ("mine_director", "mine_clerk", "company_officer"):
        assert not verifications_visible_to(year.city[name]).exists(), name
        assert not notices_for(year.city[name]).filter(kind__startswith="sample").exists()
    assert [each.pk for each in waiting_of(year, "county_officer_b")] == [item.pk]
    assert waiting_of(year, "county_officer") == []
    confirm_verdict(actor=year.city["county_head"], verification=row, seen=row.judged_at, at=year.at)
    assert verifications_visible_to(year.city["mine_director"]).get().pk == item.pk
    with pytest.raises(Refused, match="人员可以对该结论提出异议"):
        object_to_verdict(actor=year.city["county_legal"], verification=item, reason="有误", at=year.at)
    object_to_verdict(actor=year.city["mine_director"], verification=item, reason="附会议录像", at=year.at)
    with pytest.raises(Refused, match="上一级单位负责人复核"):
        answer_objection(actor=year.city["county_deputy"], verification=item, follow=True, opinion="采纳", at=year.at)
    answer_objection(actor=year.city["city_section"], verification=item, follow=True, opinion="录像属实", at=year.at)
    duty.refresh_from_db()
    assert (duty.done_at is not None, figure(year).true, figure(year).untrue) == (True, 1, 0)
    assert not Finding.objects.filter(rule="reported_done_untrue", revoked_at=None).exists()


def waiting_of(year, name: str) -> list[Verification]:
    from kuangan.core.queries import roles_of

    return list(waiting_for(year.city[name], roles_of(year.city[name])))


INCOMPLETE = (
    ("mine_director", "true", {}, "由示例县应急管理局核实"),
    ("city_officer", "true", {}, "由示例县应急管理局核实"),
    ("county_officer", "perhaps", {}, "请选择核实结论"),
    ("county_officer", "true", {"looked_at": []}, "请选择查看了什么"),
    ("county_officer", "true", {"place": " "}, "请填写核实地点"),
    ("county_officer", "true", {"account": " "}, "请写明核实情况"),
    ("county_officer", "untrue", {"attachments": []}, "须附证据"),
    ("county_officer", "true", {"attachments": [], "looked_at": ["photograph"]}, "请附照片等证据"),
)


def test_a_verdict_says_what_was_looked_at_and_has_its_evidence(drawn):
    for who, verdict, change, words in INCOMPLETE:
        with pytest.raises(Refused, match=words):
            write(drawn, item_of(drawn.reported), verdict, who, **change)
    assert write(drawn, item_of(drawn.reported), "true", attachments=[]).judged_by == drawn.city["county_officer"]


def test_a_verdict_that_was_changed_or_sent_back_is_not_confirmed_unseen(drawn):
    year, item = drawn, item_of(drawn.reported)
    first = write(year, item, "true")
    year.at = year.at.replace(second=1)
    write(year, item, "untrue")
    with pytest.raises(Refused, match="已改动"):
        confirm_verdict(actor=year.city["county_head"], verification=item, seen=first.judged_at, at=year.at)
    return_verdict(actor=year.city["county_head"], verification=item, reason="照片看不清", at=year.at)
    with pytest.raises(Refused, match="尚未写出核实结论"):
        confirm_verdict(actor=year.city["county_head"], verification=item, seen=year.at, at=year.at)


def test_the_citys_own_is_verified_by_two_counties_that_are_drawn(year):
    for number in (4, 5, 6):
        county(year, number)
    year.to("2026-03-01")
    sweep(year)
    year.to("2026-03-12")
    duty = Duty.objects.filter(unit=year.city.units["section"], needed=1, done_at=None, post=None)[0]
    Duty.objects.filter(pk=duty.pk).update(done_at=year.at, recorded_at=year.at)
    year.to("2026-04-01")
    sweep(year)
    item = item_of(duty)
    pair = {item.by_unit.kind, item.confirm_unit.kind}
    assert (pair, item.by_unit_id != item.confirm_unit_id) == ({"county_bureau"}, True)
    assert not verifications_visible_to(year.city["section_head"]).exists()
    own = Sample.objects.get(own=True, month="2026-03")
    assert sampling.problems(whole_record(own)) == []
    year.to("2026-05-01")
    sweep(year)
    april = Sample.objects.get(own=True, month="2026-04")
    assert set(april.result["verifiers"]).isdisjoint(own.result["verifiers"])


def county(year, number: int):
    area = create_unit(
        actor=None,
        kind="county",
        code=f"14042{number + 3}",
        name=f"第{number}县",
        parent=year.city.units["area"],
        at=year.at,
    )
    return create_unit(
        actor=None, kind="county_bureau", code=f"14042{number + 3}-b", name=f"第{number}县局", parent=area, at=year.at
    )


def test_what_is_not_verified_in_time_is_told_to_the_unit_and_the_level_above_once(drawn):
    year = drawn
    year.at = item_of(year.reported).due_at
    assert tell_late_verifications(year.at) >= 1
    assert tell_late_verifications(year.at) == 0
    late = Notice.objects.filter(kind="sample_late", title__startswith="示例县应急管理局")
    assert set(late.values_list("unit__name", flat=True)) == {"示例县应急管理局", "示例市应急管理局"}


def test_a_finding_stands_for_its_months_and_a_seed_is_committed_to_once(drawn):
    year = drawn
    judge(year, item_of(year.reported), "untrue")
    year.to("2026-10-01")
    sweep(year)
    assert Finding.objects.filter(rule="reported_done_untrue", revoked_at=None).exists()
    year.to("2026-10-03")
    sweep(year)
    assert not Finding.objects.filter(rule="reported_done_untrue", revoked_at=None).exists()
    months = Sample.objects.filter(unit=year.city.units["county"]).values_list("month", flat=True)
    assert len(months) == len(set(months))
    assert not Incident.objects.filter(key__startswith="sample").exists()
