"""The paper a write is about, locked in the state that the write needs, and confirmed by who makes it."""

from collections.abc import Mapping
from typing import Any

from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.signing import Confirmation, Verb, paper_subject, spend
from kuangan.paper.models import Paper, PaperState

_FROZEN = (PaperState.frozen, PaperState.served, PaperState.published)


def draft_of(paper: Paper) -> Paper:
    """The draft, locked. Refused once it is frozen."""
    locked = Paper.objects.select_for_update(of=("self",)).select_related("unit").get(pk=paper.pk)
    if locked.state != PaperState.draft:
        raise Refused(f"《{locked.title}》{PaperState(locked.state).label}，不能再改动；确需变更请撤回后重新制作。")
    return locked


def frozen_paper(paper: Paper) -> Paper:
    """The frozen paper, locked. Refused for a draft and one that was withdrawn."""
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.state not in _FROZEN:
        raise Refused(
            f"《{locked.title}》目前为{PaperState(locked.state).label}，只有已定稿的文书才能送达、公示或撤回。"
        )
    return locked


def move_paper(paper: Paper, state: PaperState) -> None:
    paper.state = state
    paper.save(update_fields=["state"])


def require_confirmed(
    confirmation: Confirmation | None,
    actor: User | None,
    paper: Paper,
    verb: Verb,
    word: str,
    content: Mapping[str, Any] | None = None,
) -> None:
    """Take the act out of the actor's confirmation. Refused without one of just this act."""
    subject = paper_subject(paper.template, paper.path)
    spend(confirmation, actor, verb, subject, f"{word}《{paper.title}》", content)
