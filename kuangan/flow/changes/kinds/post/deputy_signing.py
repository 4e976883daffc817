"""设定B岗 of a post that signs or administers: the signature passes with it, so two administrators agree."""

from typing import Final

from kuangan.core import actions
from kuangan.core.access.approval import needs_two
from kuangan.core.models import AccountRequest
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind
from kuangan.flow.changes.kinds.post.deputy import chosen, does, fields, previews
from kuangan.flow.changes.people import OPERATOR, OWN_ADMINISTRATOR
from kuangan.flow.changes.subjects import ChangeSubject


def _twofold(act: ChangeAct) -> AccountRequest | None:
    return actions.ask_deputy(
        actor=act.actor, post=act.subject.thing, deputy=chosen(act), reason=act.basis, effective_on=act.effective_on
    )


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and needs_two(subject.thing.typed_role)


KIND: Final = ChangeKind(
    id="post_deputy_signing",
    title="设定B岗",
    subject="post",
    help="签字、管理岗位由系统管理员申请、安全管理员批准。",
    fields=fields,
    does=does,
    previews=previews,
    twofold=_twofold,
    makes=OPERATOR,
    proposes=OWN_ADMINISTRATOR,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
