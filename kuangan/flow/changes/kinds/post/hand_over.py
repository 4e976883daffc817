"""任职交接 of a post that neither signs nor administers: by whoever keeps the people of its unit."""

from typing import Final

from kuangan.core.access.approval import post_needs_two
from kuangan.flow.changes.grammar import ChangeKind
from kuangan.flow.changes.kinds.post import _handing
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and not post_needs_two(subject.thing)


KIND: Final = ChangeKind(
    id="post_hand_over",
    title="任职交接",
    subject="post",
    help="权限和待办随岗位移交给接任人员；其他单位的人员先办理调动。",
    fields=_handing.fields,
    does=_handing.does,
    previews=_handing.previews,
    undoes=_handing.undoes,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
