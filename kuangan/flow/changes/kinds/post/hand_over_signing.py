"""任职交接 of a post that signs or administers: proposed by the unit, asked for and approved by two administrators."""

from typing import Final

from kuangan.core.access.approval import post_needs_two
from kuangan.flow.changes.grammar import ChangeKind
from kuangan.flow.changes.kinds.post import _handing
from kuangan.flow.changes.people import OPERATOR, OWN_ADMINISTRATOR
from kuangan.flow.changes.subjects import ChangeSubject


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and post_needs_two(subject.thing)


KIND: Final = ChangeKind(
    id="post_hand_over_signing",
    title="任职交接",
    subject="post",
    help="签字、管理岗位由系统管理员申请、安全管理员批准；待签文书随岗位移交。",
    fields=_handing.fields,
    does=_handing.does,
    previews=_handing.previews,
    undoes=_handing.undoes,
    twofold=_handing.twofold,
    makes=OPERATOR,
    proposes=OWN_ADMINISTRATOR,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
