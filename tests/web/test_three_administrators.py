"""三员分立: what one of the three administrators does, neither of the others can do, through whatever address or action."""

import pytest
from django.db import transaction
from django.urls import reverse

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken, Event, RequestKind, Tenure
from kuangan.core.queries import visible_paths
from kuangan.law.role import ADMINISTRATORS, Role
from kuangan.web.urls import urlpatterns
from tests.web.matrix import MATRIX
from tests.web.matrix.rows import invitation_of

OF_EVERYBODY = {
    "account", "password", "bind_code", "new_api_token", "stop_api_token", "end_session", "end_other_sessions",
    "law", "law_article", "law_glossary", "law_instrument", "law_limits", "law_paper", "law_register", "law_rule",
}  # fmt: skip
"""One's own account and the law."""
SHARED = {"account_request", "user", "identity", "post", "invitations", "invitation", "invitation_letters"}
"""Addresses of two administrators that take forms: each of their steps is asked for below."""


def doors():
    return {pattern.name: pattern.callback.door for pattern in urlpatterns if not pattern.callback.door.public}


def opened(role: Role) -> set[str]:
    of_all = set.intersection(*({name for name, door in doors().items() if each in door.roles} for each in Role))
    return {name for name, door in doors().items() if role in door.roles} - of_all - OF_EVERYBODY


def test_the_audit_administrator_sends_no_form_anywhere_and_shares_no_page_of_the_others():
    taking = {name for name, door in doors().items() if "POST" in door.methods}
    assert opened(Role.audit_admin) & taking == set()
    assert {"trail", "seals", "anchors"} <= opened(Role.audit_admin)
    for other in (Role.operator, Role.security_admin):
        assert {"trail", "seals", "anchors"}.isdisjoint(opened(other))


def test_what_the_security_administrator_alone_opens_is_closed_to_the_system_administrator_and_the_other_way_round():
    assert "stop_others_token" in opened(Role.security_admin) - opened(Role.operator)
    only_operator = {"new_user", "feed_tokens", "new_token", "stop_token", "verify", "status", "stop_checkin_key"}
    assert only_operator <= opened(Role.operator) - opened(Role.security_admin)


def test_an_address_of_both_takes_nothing_from_the_security_administrator(world, as_user):
    """But for those of which each step is asked below."""
    taking = {name for name, door in doors().items() if "POST" in door.methods}
    client = as_user("security_admin")
    for name in (opened(Role.operator) & opened(Role.security_admin) & taking) - SHARED:
        row = MATRIX[name]
        address, data = reverse(name, args=row.args(world)), row.data
        with transaction.atomic():
            before = Event.objects.count()
            client.post(address, data)
            assert Event.objects.count() == before, name
            transaction.set_rollback(True)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_administrator_sees_any_business(world, role):
    assert visible_paths(world.users[str(role)]) == []


def steps(world):
    """Every step at an address that two of them open: who may take it."""
    head, duty = world.users["county_head"], world.users["county_duty"]
    operator = world.users["operator"]
    asked = actions.ask_reset(actor=operator, kind=RequestKind.reset_code, user=head, reason="更换手机")
    other = actions.ask_reset(actor=operator, kind=RequestKind.reset_password, user=duty, reason="遗忘")
    approved = actions.ask_reset(actor=operator, kind=RequestKind.reset_password, user=head, reason="遗忘")
    actions.approve_request(actor=world.users["security_admin"], request=approved)
    clerk, signer = post_of("county_clerk"), post_of("county_head")
    newcomer = world.users["county_officer"].person.pk
    user = reverse("user", args=[duty.pk])
    yield Role.security_admin, reverse("account_request", args=[asked.pk]), {"do": "approve"}
    yield Role.security_admin, reverse("account_request", args=[other.pk]), {"do": "refuse", "answer": "无此事"}
    yield Role.operator, reverse("account_request", args=[asked.pk]), {"do": "withdraw"}
    yield Role.operator, reverse("account_request", args=[approved.pk]), {"do": "password"}
    yield Role.operator, user, {"do": "reset_code", "reason": "更换手机"}
    yield Role.operator, user, {"do": "certificate", "certificate": "示例-3"}
    yield Role.operator, user, {"do": "disable", "sure": duty.username}
    identity = reverse("identity", args=[duty.person_id])
    yield Role.operator, identity, {"do": "number", "number": "GH-017"}
    yield Role.operator, identity, {"do": "identity", "identity": "11010519491231002X"}
    invitation = reverse("invitation", args=[invitation_of(world).pk])
    yield Role.operator, invitation, {"do": "letters"}
    yield Role.operator, invitation, {"do": "sms"}
    yield Role.security_admin, invitation, {"do": "bindings"}
    yield Role.operator, invitation, {"do": "revoke_all"}
    yield Role.operator, reverse("post", args=[clerk]), {"do": "appoint", "person": newcomer}
    yield Role.operator, reverse("post", args=[signer]), {"do": "appoint", "person": newcomer, "reason": "接任"}
    yield Role.operator, reverse("post", args=[clerk]), {"do": "deputy", "deputy": signer}


def post_of(username: str) -> int:
    return Tenure.objects.get(person__user__username=username, to_at=None).post_id


def test_each_step_is_taken_by_one_of_the_three_alone(world, as_user):
    taken, wanted = {}, {}
    for place, (by, address, data) in enumerate(list(steps(world))):
        for role in ADMINISTRATORS:
            client = as_user(str(role))
            before = Event.objects.count()
            with transaction.atomic():
                client.post(address, data)
                taken[place, address, data["do"], role] = Event.objects.count() > before
                transaction.set_rollback(True)
            wanted[place, address, data["do"], role] = role is by
    assert taken == wanted


def test_no_action_asks_decides_or_stops_for_another_administrator(world):
    operator, security, audit = (world.users[str(role)] for role in ADMINISTRATORS)
    head, clerk = world.users["county_head"], world.users["county_clerk"]
    actions.issue_api_token(actor=clerk, name="程序")
    key = ApiToken.objects.get(user=clerk)
    asked = actions.ask_reset(actor=operator, kind=RequestKind.reset_code, user=head, reason="更换手机")
    for actor in (security, audit):
        with pytest.raises(Refused, match="由系统管理员提出"):
            actions.ask_reset(actor=actor, kind=RequestKind.reset_password, user=head, reason="遗忘")
    for actor in (operator, audit):
        with pytest.raises(Refused):
            actions.approve_request(actor=actor, request=asked)
        with pytest.raises(Refused, match="由安全管理员停用"):
            actions.stop_api_token(actor=actor, token=key)
    actions.stop_api_token(actor=security, token=key)
    actions.approve_request(actor=security, request=asked)
