"""What was agreed on about an account, carried out."""

from datetime import date

from kuangan.core.access.passwords import given_password
from kuangan.core.actions.access.accounts import create_user, hold_signature, reset_totp, set_password
from kuangan.core.actions.posts import appoint, create_person, set_deputy
from kuangan.core.errors import Refused
from kuangan.core.models import (
    AccountRequest,
    Post,
    RequestKind,
    User,
)


def _reset_password(actor: User, request: AccountRequest) -> User | None:
    """The old password ends now; the asker takes the new one afterwards."""
    user = account_in_use(request)
    set_password(actor=actor, user=user, password=given_password(), given=True, approval=request)
    hold_signature(actor=actor, user=user)
    return None


def _reset_code(actor: User, request: AccountRequest) -> User | None:
    user = account_in_use(request)
    reset_totp(actor=actor, user=user, approval=request)
    hold_signature(actor=actor, user=user)
    return user


def by_change(effective_on: date | None) -> dict[str, str]:
    """What a request holds that a register change carries out on its day; nothing where the approval does."""
    return {"effective_on": effective_on.isoformat()} if effective_on else {}


def _appoint(actor: User, request: AccountRequest) -> User | None:
    assert request.post is not None
    assert request.person is not None
    if "effective_on" not in request.given:
        appoint(actor=actor, post=request.post, person=request.person, approval=request)
    return account_of(request)


def _name_deputy(actor: User, request: AccountRequest) -> User | None:
    assert request.post is not None
    if "effective_on" in request.given:
        return None
    set_deputy(actor=actor, post=request.post, deputy=Post.objects.get(pk=request.given["deputy"]), approval=request)
    return None


def _open_account(actor: User, request: AccountRequest) -> User | None:
    assert request.post is not None
    given = request.given
    person = create_person(
        actor=actor,
        name=given["name"],
        unit=request.unit,
        phone=given["phone"],
        certificate=given["certificate"],
    )
    request.person = person
    request.save(update_fields=["person"])
    user = create_user(
        actor=actor,
        username=given["username"],
        person=person,
        password=given_password(),
        given=True,
        approval=request,
    )
    appoint(actor=actor, post=request.post, person=person, approval=request)
    return user


def _let_invitation_go(actor: User, request: AccountRequest) -> User | None:
    """Letters and second codes are asked for afterwards, by each of the two for his own."""
    return None


def _let_book_go(actor: User, request: AccountRequest) -> User | None:
    """What the book says is written by its own job, which waits for this approval."""
    return None


CARRIED_OUT = {
    RequestKind.reset_password: _reset_password,
    RequestKind.reset_code: _reset_code,
    RequestKind.appoint: _appoint,
    RequestKind.deputy: _name_deputy,
    RequestKind.open_account: _open_account,
    RequestKind.city_book: _let_book_go,
    RequestKind.invite: _let_invitation_go,
}


def account_of(request: AccountRequest) -> User | None:
    """The account in use of the person whom a request is about, if there is one."""
    return User.objects.select_related("person").filter(person=request.person_id, is_active=True).first()


def account_in_use(request: AccountRequest) -> User:
    """As :func:`account_of`; refused where there is none."""
    user = account_of(request) if request.person_id else None
    if user is None:
        raise Refused("该人员没有在用的账号。")
    return user
