"""Reads about requests on accounts: who sees them, who decides them, and why somebody may not."""

from django.db.models import F, QuerySet

from kuangan.core.models import AccountRequest, User
from kuangan.core.queries.roles import roles_of
from kuangan.law.role import Role

KEEPING = (Role.operator, Role.security_admin)
"""Who reads the register of accounts: the system administrator asks, the security administrator decides."""


def keeps_accounts(user: User) -> bool:
    """Whether the user holds one of the two rights."""
    return any(hold.role in KEEPING for hold in roles_of(user))


def may_ask(user: User) -> bool:
    """Whether the user asks for what concerns accounts: the system administrator, whose requests another one decides."""
    return any(hold.role is Role.operator for hold in roles_of(user))


def may_bind(user: User) -> bool:
    """Whether the user hands out what binds phones of invited signers: the security administrator."""
    return any(hold.role is Role.security_admin for hold in roles_of(user))


def deciding_role(request: AccountRequest) -> Role:
    """The right that decides the request: the one by which it was not made (in earlier versions both could ask)."""
    return next(role for role in KEEPING if role.value != request.given["asked_as"])


def may_decide(user: User, request: AccountRequest) -> str:
    """Why the user may not decide the request, in words; empty where he may."""
    wanted = deciding_role(request)
    if request.asked_by_id == user.pk:
        return "不能审批本人提出的申请。"
    if request.person_id is not None and request.person_id == user.person_id:
        return "不能审批涉及本人的申请。"
    if not any(hold.role is wanted for hold in roles_of(user)):
        return f"该申请须由{wanted.label}审批。"
    return ""


def requests_for(user: User) -> QuerySet[AccountRequest]:
    """All requests, for whoever holds one of the two rights; the waiting ones first, then the newest."""
    requests = AccountRequest.objects.select_related(
        "unit", "person", "post__unit", "asked_by__person", "decided_by__person"
    )
    if not keeps_accounts(user):
        return requests.none()
    return requests.order_by(F("decided_at").desc(nulls_first=True), "-pk")
