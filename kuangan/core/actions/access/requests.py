"""Requests about accounts: asked for by the system administrator, decided by the security administrator.

What was agreed on is carried out at the approval. Neither of the two can log in with it alone: the approver takes the
token that binds a phone, the asker the one-time password; the owner and his unit are told at both moments.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import clean_line, person_name
from kuangan.core.access.approval import require_apart
from kuangan.core.access.passwords import given_password
from kuangan.core.access.values import lasting
from kuangan.core.actions.access.accounts import require_fit, set_password
from kuangan.core.actions.access.agreed import CARRIED_OUT, account_of, by_change
from kuangan.core.actions.access.proofs import issue_binding_token
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import (
    AccountRequest,
    Channel,
    Person,
    Post,
    RequestKind,
    RequestState,
    Unit,
    User,
    WarningLevel,
)
from kuangan.core.queries.account_requests import deciding_role, may_ask, may_decide
from kuangan.core.queries.roles import units_with_role
from kuangan.core.subject import about
from kuangan.law.role import Role

LONGEST_REASON = 200


@transaction.atomic
def ask_reset(*, actor: User, kind: RequestKind, user: User, reason: str) -> AccountRequest:
    """Ask for a new one-time password, or for another phone, for an account. Refused for a closed one."""
    person = user.person
    if kind not in (RequestKind.reset_password, RequestKind.reset_code) or person is None or not user.is_active:
        raise Refused("该账号已停用或不能重置。")
    return _ask(actor, kind, person.unit, reason, person=person)


@transaction.atomic
def ask_appointment(
    *, actor: User, post: Post, person: Person, reason: str, effective_on: date | None = None
) -> AccountRequest:
    """Ask to appoint somebody to a post that signs or administers. Refused for oneself, and where rights would unite.

    ``effective_on``: a register change carries it out on this day, once it is approved.
    """
    _refuse_oneself(actor, person)
    require_apart(post.typed_role, person)
    given = by_change(effective_on)
    return _ask(actor, RequestKind.appoint, post.unit, reason, person=person, post=post, given=given)


@transaction.atomic
def ask_deputy(
    *, actor: User, post: Post, deputy: Post, reason: str, effective_on: date | None = None
) -> AccountRequest:
    """Ask that a post stands in for one that signs or administers; ``effective_on`` as in :func:`ask_appointment`."""
    given = {"deputy": deputy.pk, "deputy_title": deputy.title, **by_change(effective_on)}
    return _ask(actor, RequestKind.deputy, post.unit, reason, post=post, given=given)


@transaction.atomic
def ask_account(
    *, actor: User, post: Post, name: str, username: str, reason: str, phone: str = "", certificate: str = ""
) -> AccountRequest:
    """Ask for an account at a post that signs or administers. Refused for a user name that is unfit or in use."""
    require_fit(username)
    given = {"name": person_name(name), "username": username, "phone": phone, "certificate": certificate}
    if not given["name"] or User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已被使用或姓名为空，请核对。")
    return _ask(actor, RequestKind.open_account, post.unit, reason, post=post, given=given)


@transaction.atomic
def ask_city_book(
    *, actor: User, unit: Unit, book: int, posts: Sequence[Mapping[str, str]], entries: int, reason: str
) -> AccountRequest:
    """Ask that a workbook of the city fills posts that sign and enters ``entries`` rows of ledgers.

    ``posts``: of each row the names of ``unit`` and ``post``, with ``person``, ``deputy`` or both; ``book``: the key of the book.
    """
    given = {"book": book, "posts": [dict(post) for post in posts], "entries": entries}
    return _ask(actor, RequestKind.city_book, unit, reason, given=given)


@transaction.atomic
def ask_invitation(
    *, actor: User, unit: Unit, invitation: int, people: Sequence[Mapping[str, str]], reason: str
) -> AccountRequest:
    """Ask that people whose posts sign or administer get accounts by invitation. ``people``: of each ``unit``, ``person`` and ``posts``."""
    given = {"invitation": invitation, "people": [dict(person) for person in people]}
    return _ask(actor, RequestKind.invite, unit, reason, given=given)


def _ask(
    actor: User,
    kind: RequestKind,
    unit: Unit,
    reason: str,
    *,
    person: Person | None = None,
    post: Post | None = None,
    given: Mapping[str, Any] | None = None,
) -> AccountRequest:
    moment, text = clock.wall_now(), clean_line(reason)
    if not may_ask(actor):
        raise Refused("账号申请由系统管理员提出，由安全管理员审批。")
    if not 0 < len(text) <= LONGEST_REASON:
        raise Refused(f"请写明申请事由（不超过{LONGEST_REASON}字）。")
    same = AccountRequest.objects.filter(state=RequestState.waiting, kind=kind, person=person, post=post)
    if kind is RequestKind.open_account:
        same = same.filter(given__username=(given or {})["username"])
    if kind is RequestKind.city_book:
        same = same.filter(given__book=(given or {})["book"])
    if kind is RequestKind.invite:
        same = same.filter(given__invitation=(given or {})["invitation"])
    if same.exists():
        raise Refused("相同的申请正在等待审批，请勿重复提出。")
    content = {**(given or {}), "asked_as": Role.operator.value}
    request = AccountRequest.objects.create(
        kind=kind, unit=unit, person=person, post=post, given=content, reason=text, asked_by=actor, asked_at=moment
    )
    _record(actor, "account_request_made", request)
    _tell_decider(actor, request)
    _tell_concerned(request, "有人申请", "如非您本人提出或不应办理，请立即告知审批的管理员。")
    return request


@transaction.atomic
def approve_request(*, actor: User, request: AccountRequest, answer: str = "") -> str:
    """Agree, and carry it out; the token that binds a phone where one is needed ("" otherwise), told this once.

    Refused: who asked, whom it concerns, who holds the same right as the asker, and a request that was decided.
    """
    taken = _decide(actor, request, RequestState.approved, answer)
    user = CARRIED_OUT[RequestKind(taken.kind)](actor, taken)
    token = ""
    if user is not None and not user.totp_secret:
        token = issue_binding_token(actor=actor, user=user)
        AccountRequest.objects.filter(pk=taken.pk).update(token_taken_at=clock.wall_now())
    _record(actor, "account_request_approved", taken)
    _tell_concerned(taken, "已经两名管理员办理", "如非您本人提出，请立即联系本单位负责人和审计管理员。")
    request.refresh_from_db()
    return token


@transaction.atomic
def refuse_request(*, actor: User, request: AccountRequest, answer: str) -> AccountRequest:
    """Say no, with the reason. Refused to whom ``approve_request`` would be, and without a reason."""
    if not answer.strip():
        raise Refused("请写明不予批准的理由。")
    taken = _decide(actor, request, RequestState.refused, answer)
    _record(actor, "account_request_refused", taken)
    return taken


@transaction.atomic
def withdraw_request(*, actor: User, request: AccountRequest) -> AccountRequest:
    """Take one's own request back before it is decided."""
    taken = AccountRequest.objects.select_for_update().get(pk=request.pk)
    if taken.asked_by_id != actor.pk:
        raise Refused("只能撤回本人提出的申请。")
    _close(taken, actor, RequestState.withdrawn, "")
    _record(actor, "account_request_withdrawn", taken)
    return taken


@transaction.atomic
def take_password(*, actor: User, request: AccountRequest) -> str:
    """A fresh one-time password of the account, for whoever asked, once and while it is new; it is kept nowhere.

    Refused: to others, where none was asked for, twice, and later than the local value ``account.binding_life``.
    """
    moment, user = clock.wall_now(), account_of(request)
    gives = request.kind in (RequestKind.reset_password, RequestKind.open_account)
    if request.asked_by_id != actor.pk or request.state != RequestState.approved or not gives or user is None:
        raise Refused("一次性密码只由申请人在批准后领取。")
    if request.decided_at is None or request.decided_at + lasting("binding_life") <= moment:
        raise Refused("一次性密码的领取期限已过，请重新申请。")
    unread = AccountRequest.objects.filter(pk=request.pk, password_taken_at=None)
    if not unread.update(password_taken_at=moment):
        raise Refused("一次性密码已领取过，不能再次显示；遗失的请重新申请。")
    password = given_password()
    set_password(actor=actor, user=user, password=password, given=True, approval=request)
    record(actor=actor, action="one_time_password_given", subject=user, data={"request": request.pk}, at=moment)
    return password


def _decide(actor: User, request: AccountRequest, state: RequestState, answer: str) -> AccountRequest:
    taken = AccountRequest.objects.select_for_update(of=("self",)).select_related("person", "post").get(pk=request.pk)
    why_not = may_decide(actor, taken)
    if why_not:
        raise Refused(why_not)
    return _close(taken, actor, state, clean_line(answer)[:LONGEST_REASON])


def _close(taken: AccountRequest, actor: User, state: RequestState, answer: str) -> AccountRequest:
    if taken.state != RequestState.waiting:
        raise Refused(f"该申请已{RequestState(taken.state).label}，无需重复办理。")
    taken.state, taken.decided_by, taken.decided_at, taken.answer = state, actor, clock.wall_now(), answer
    taken.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    return taken


def _refuse_oneself(actor: User, person: Person) -> None:
    if actor.person_id == person.pk:
        raise Refused("不能为本人申请签字或管理岗位，请由另一名管理员提出。")


def words_of(request: AccountRequest) -> str:
    """The request in one line."""
    where = f"{request.post}" if request.post else f"{request.unit}"
    return f"{RequestKind(request.kind).label}（{where} {request.given.get('deputy_title', request.whom)}）"


def _record(actor: User, action: str, request: AccountRequest) -> None:
    data = {
        "kind": request.kind,
        "person": request.person_id,
        "post": request.post_id,
        "unit": request.unit_id,
        "username": request.given.get("username", ""),
        "deputy": request.given.get("deputy"),
        "reason": request.reason,
        "answer": request.answer,
    }
    record(actor=actor, action=action, subject=request, data=data)


def _tell_decider(actor: User, request: AccountRequest) -> None:
    """Tell those who hold the right that decides it."""
    other = deciding_role(request)
    for keeping in units_with_role(other):
        send_notice(
            actor=actor,
            unit=keeping,
            role=other,
            kind="account_request",
            title=f"待审批：{words_of(request)}"[:LONGEST_REASON],
            body=f"申请人{actor.display_name}，事由：{request.reason}",
            subject=about("account_request", request.pk),
        )


def _tell_concerned(request: AccountRequest, beginning: str, advice: str) -> None:
    """Tell the person, also by SMS, and his unit."""
    words = words_of(request)
    tell = partial(
        send_notice,
        actor=None,
        kind="account_request",
        title=f"{beginning}：{words}"[:LONGEST_REASON],
        body=f"{words}。申请人{request.asked_by.display_name}，事由：{request.reason}。{advice}",
    )
    if request.person is not None:
        both = (Channel.screen, Channel.sms)
        tell(unit=request.person.unit, person=request.person, level=WarningLevel.orange, channels=both)
    tell(unit=request.unit)
