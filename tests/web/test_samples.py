"""抽查核实 on pages: what is typed stays, two people decide, the mine learns of it and may object."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.sample.models import Sample, Verification
from tests.web import sampled

VERDICT = {"verdict": "untrue", "looked_at": ["file", "place"], "place": "矿会议室", "account": "当日无人开会"}


@pytest.fixture
def item(world) -> Verification:
    return sampled.drawn(world)


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, pk: int, data: dict[str, object]):
    return client.post(reverse(name, args=[pk]), data, follow=True)


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("会议室.txt", b"nobody there")


def test_it_stands_on_today_and_in_the_list_of_those_who_verify(item, as_user):
    assert "抽查核实：召开月度安全例会" in page(as_user("county_officer"), "today")
    assert "召开月度安全例会" in page(as_user("county_officer"), "samples")
    assert as_user("county_officer").get(f"{reverse('samples')}?export=xlsx").status_code == 200
    assert reverse("sample", args=[item.pk]) not in page(as_user("mine_director"), "samples")


def test_a_refused_verdict_keeps_what_was_typed_and_says_why(item, as_user):
    answer = post(as_user("county_officer"), "write_verdict", item.pk, {**VERDICT, "account": "看了签到"})
    text = answer.content.decode()
    assert "须附证据" in text
    assert "看了签到" in text
    item.refresh_from_db()
    assert item.judged_at is None


def test_two_people_decide_and_the_mine_learns_of_it_and_objects(item, as_user):
    officer, head, mine = (as_user(name) for name in ("county_officer", "county_head", "mine_director"))
    assert (
        "已写出核实结论" in post(officer, "write_verdict", item.pk, {**VERDICT, "materials": photo()}).content.decode()
    )
    item.refresh_from_db()
    assert "确认结论" not in page(officer, "sample", item.pk), "not by who wrote it"
    assert "确认核实结论：召开月度安全例会" in page(head, "today")
    assert item.judged_at is not None
    seen = {"seen": item.judged_at.isoformat()}
    assert "第二人" in post(officer, "confirm_verdict", item.pk, seen).content.decode()
    assert mine.get(reverse("sample", args=[item.pk])).status_code == 404
    assert "已确认：不属实" in post(head, "confirm_verdict", item.pk, seen).content.decode()
    text = page(mine, "sample", item.pk)
    assert "当日无人开会" in text
    assert "提交上一级复核" in text
    assert "逾期未完成" in page(mine, "duty", item.duty_id)
    assert "异议已提交" in post(mine, "object_to_verdict", item.pk, {"reason": "有会议录像"}).content.decode()
    assert "复核异议：召开月度安全例会" in page(as_user("city_section"), "today")
    given = {"follow": "no", "opinion": "录像为另一次会议"}
    assert "已维持结论" in post(as_user("city_section"), "answer_objection", item.pk, given).content.decode()


def test_what_the_page_did_not_show_is_not_confirmed(world, as_user):
    item = sampled.judged(world)
    stale = {"seen": (item.judged_at - timedelta(seconds=1)).isoformat()}
    assert "已改动" in post(as_user("county_head"), "confirm_verdict", item.pk, stale).content.decode()
    assert "请重新打开页面" in post(as_user("county_head"), "confirm_verdict", item.pk, {"seen": "x"}).content.decode()


def test_its_files_open_for_those_who_verify_and_no_other_file_does(world, as_user):
    item = sampled.judged(world)
    credit = item.duty.fulfilments.get().attachments.get()
    for number in (credit.pk, sampled.evidence_of(item)):
        address = reverse("verification_file", args=[item.pk, number])
        assert as_user("county_head").get(address).status_code == 200
        assert as_user("mine_director").get(address).status_code == 404
    assert as_user("county_head").get(reverse("verification_file", args=[item.pk, credit.pk + 999])).status_code == 404


def test_the_public_has_the_commitment_first_and_everything_once_all_is_confirmed(world, as_user):
    item = sampled.judged(world)
    sample = Sample.objects.get(pk=item.sample_id)
    address = reverse("public_sample_record", args=[sample.slug])
    first = Client().get(address).json()
    assert (first["commitment"], "draw" in first, "pool" in first) == (sample.commitment, False, False)
    assert "核实中，结果待公开" in page(Client(), "public_samples")
    post(as_user("county_head"), "confirm_verdict", item.pk, {"seen": item.judged_at.isoformat()})
    assert Client().get(address).json()["draw"]["drawn"] == [[str(item.duty_id)]]
    assert "结果已公开" in page(Client(), "public_samples")


def test_the_list_asks_a_constant_number_of_queries(world, as_user, django_assert_max_num_queries):
    sampled.judged(world)
    client = as_user("county_head")
    page(client, "samples")
    with django_assert_max_num_queries(25):
        page(client, "samples")
    with django_assert_max_num_queries(25):
        page(client, "credibility")


def test_credibility_says_that_the_sample_is_too_small(world, as_user):
    item = sampled.judged(world)
    post(as_user("county_head"), "confirm_verdict", item.pk, {"seen": item.judged_at.isoformat()})
    text = page(as_user("county_head"), "credibility")
    assert "样本不足" in text
    assert world.city.mine.name in text
    assert "样本不足（核实属实0项/已核实1项" in page(as_user("county_head"), "mine", world.city.mine.code)
    assert "自报可信度" in page(as_user("city_section"), "oversight")
    clock.move(clock.now() + timedelta(days=400), rate=1.0)
    assert "近期没有核实过的单位" in page(as_user("county_head"), "credibility")
