"""The writes on papers that somebody signs, each with a confirmation of just that act."""

from datetime import datetime
from typing import Any

from kuangan.core.models import User
from kuangan.core.signing import Act, Verb, paper_subject
from kuangan.paper import actions
from kuangan.paper.models import Paper, Publication, Service
from tests.signing import signing


def act(verb: Verb, paper: Paper) -> Act:
    content = {"fields": paper.data} if verb is Verb.freeze else {}
    return Act(verb, paper_subject(paper.template, paper.path), f"{verb}《{paper.title}》", content)


def freeze_paper(*, actor: User, paper: Paper, at: datetime, **more: Any) -> Paper:
    with signing(actor, [act(Verb.freeze, paper)], at) as confirmation:
        return actions.freeze_paper(actor=actor, paper=paper, confirmation=confirmation, at=at, **more)


def serve_paper(*, actor: User, paper: Paper, at: datetime, **more: Any) -> Service:
    with signing(actor, [act(Verb.serve, paper)], at) as confirmation:
        return actions.serve_paper(actor=actor, paper=paper, confirmation=confirmation, at=at, **more)


def publish_paper(*, actor: User, paper: Paper, at: datetime, **more: Any) -> Publication:
    with signing(actor, [act(Verb.publish, paper)], at) as confirmation:
        return actions.publish_paper(actor=actor, paper=paper, confirmation=confirmation, at=at, **more)


def withdraw_paper(*, actor: User, paper: Paper, at: datetime, **more: Any) -> Paper:
    with signing(actor, [act(Verb.withdraw, paper)], at) as confirmation:
        return actions.withdraw_paper(actor=actor, paper=paper, confirmation=confirmation, at=at, **more)


def withdraw_publication(*, actor: User, publication: Publication, at: datetime, **more: Any) -> Publication:
    with signing(actor, [act(Verb.withdraw, publication.paper)], at) as confirmation:
        return actions.withdraw_publication(
            actor=actor, publication=publication, confirmation=confirmation, at=at, **more
        )
