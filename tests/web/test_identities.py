"""One register of persons: the personnel number, and the sealed number of the identity card."""

import pyotp
import pytest
from django.db import connection
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Person
from kuangan.core.queries import events_of
from kuangan.core.sealed import keyed_digest
from tests.web.world import SECRET

NUMBER = "11010519491231002X"
MASKED = "110*************2X"


def address(world, username: str = "county_duty") -> str:
    return reverse("identity", args=[world.users[username].person.pk])


def code() -> str:
    return pyotp.TOTP(SECRET).at(clock.wall_now())


def test_the_number_is_kept_sealed_and_shown_masked(world, as_user):
    client, person = as_user("operator"), world.users["county_duty"].person
    answer = client.post(address(world), {"do": "identity", "identity": NUMBER.lower()}, follow=True)
    assert MASKED in answer.content.decode()
    assert NUMBER not in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM core_person p WHERE id = %s", [person.pk])
        assert NUMBER not in cursor.fetchone()[0]
    assert NUMBER not in str(list(Event.objects.filter(subject_kind="core.person").values_list("data", flat=True)))
    assert MASKED in as_user("county_duty").get(reverse("account")).content.decode()


def test_one_number_belongs_to_one_person(world):
    duty, clerk = world.users["county_duty"].person, world.users["county_clerk"].person
    actions.set_identity(actor=None, person=duty, number=NUMBER)
    with pytest.raises(Refused, match=f"已登记在{duty.unit.name}{duty.name}名下"):
        actions.set_identity(actor=None, person=clerk, number=NUMBER)
    actions.set_identity(actor=None, person=duty, number="")
    actions.set_identity(actor=None, person=clerk, number=NUMBER)
    assert Person.objects.get(identity_digest=keyed_digest(NUMBER, "identity")) == clerk


def test_it_is_opened_with_a_code_and_each_opening_is_on_the_trail(world, as_user):
    person = world.users["county_duty"].person
    actions.set_identity(actor=None, person=person, number=NUMBER)
    client = as_user("operator")
    wrong = client.post(address(world), {"do": "open", "code": "000000"}).content.decode()
    assert "动态口令不正确" in wrong
    assert NUMBER not in wrong
    opened = client.post(address(world), {"do": "open", "code": code()})
    assert NUMBER in opened.content.decode()
    assert opened["Cache-Control"] == "no-store"
    assert NUMBER not in client.get(address(world)).content.decode()
    last = events_of(person).last()
    assert (last.action, last.actor.username, last.data) == ("identity_opened", "operator", {"own": False})


def test_nobody_else_opens_it(world, as_user):
    person = world.users["county_duty"].person
    actions.set_identity(actor=None, person=person, number=NUMBER)
    for username in ("security_admin", "audit_admin", "county_head", "county_clerk"):
        with pytest.raises(Refused, match="只向本人"):
            actions.open_identity(actor=world.users[username], person=person, code=code())
    assert as_user("security_admin").post(address(world), {"do": "open", "code": code()}).status_code == 403
    assert actions.open_identity(actor=world.users["county_duty"], person=person, code="") == NUMBER


def test_a_personnel_number_is_one_persons(world, as_user):
    client = as_user("operator")
    assert (
        "已登记人员编号"
        in client.post(address(world), {"do": "number", "number": "GH-017"}, follow=True).content.decode()
    )
    other = client.post(address(world, "county_clerk"), {"do": "number", "number": "GH-017"}).content.decode()
    assert "名下，请核对" in other
    for unfit in ("a b", "编号1", "x" * 21, "-1", "1"):
        client.post(address(world), {"do": "number", "number": unfit})
        assert Person.objects.get(pk=world.users["county_duty"].person.pk).number == "GH-017"


@pytest.mark.parametrize("bad", ["123", "110105194912310021", "\u0000", "x" * 29, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X"])
def test_what_is_no_number_is_refused_and_nothing_is_kept(world, as_user, bad):
    answer = as_user("operator").post(address(world), {"do": "identity", "identity": bad})
    assert answer.status_code in (200, 302)
    assert Person.objects.get(pk=world.users["county_duty"].person.pk).identity == ""
