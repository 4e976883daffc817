"""法规更新: what it changes is read and signed on the page by two, or refused with a reason."""

import pytest
from django.urls import reverse

from kuangan.core.models import LawUpdate, Notice
from tests import answers
from tests.signing import bind, shown
from tests.updates import update_of


@pytest.fixture
def offered(world):
    """An update that waits for the city's head."""
    update = LawUpdate.objects.get(pk=update_of(world.city))
    world.users[answers.HEAD] = world.city[answers.HEAD]
    bind(world.users[answers.HEAD])
    return update


def test_two_read_what_changes_and_sign_on_the_page(world, as_user, offered):
    address, press = reverse("law_update", args=[offered.pk]), reverse("sign_law_update", args=[offered.pk])
    second, head = as_user(answers.SECOND), as_user(answers.HEAD)
    assert "复核签署</button>" not in second.get(address).content.decode()
    page = head.get(address).content.decode()
    for words in ("年历 2027", "上班 2027-02-20", "calendar/2027.yaml", "替换", "1234 5678"):
        assert words in page
    head.post(press, {**shown(head, address), "code": "000000"})
    offered.refresh_from_db()
    assert offered.headed_at is None
    head.post(press, shown(head, address))
    second.post(press, shown(second, address))
    offered.refresh_from_db()
    assert offered.confirmed_at is not None
    assert "平台重新启动后采用" in second.get(address).content.decode()
    assert "现行第 1 号" in second.get(reverse("law_updates")).content.decode()
    assert not Notice.objects.filter(kind="law_update", ended_at=None).exists()


def test_who_does_not_agree_says_why_and_nothing_typed_is_lost(world, as_user, offered):
    address, refuse = (reverse(name, args=[offered.pk]) for name in ("law_update", "refuse_law_update"))
    head = as_user(answers.HEAD)
    long = "不同意" * 101
    assert long in head.post(refuse, {"reason": long}).content.decode()
    head.post(refuse, {"reason": "放假日期与通知不符"})
    offered.refresh_from_db()
    assert (offered.refused_for, offered.waits) == ("放假日期与通知不符", False)
    assert "放假日期与通知不符" in head.get(address).content.decode()
    assert Notice.objects.filter(kind="law_update_refused", person=world.users[answers.SECOND].person).exists()
