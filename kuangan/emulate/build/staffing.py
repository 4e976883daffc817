"""Fills the posts of a unit with invented people and opens the accounts of the demonstration."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyotp

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Person, Unit, UnitKind, User
from kuangan.core.standard_posts import STANDARD_POSTS, StandardPost
from kuangan.emulate.build import bulk
from kuangan.emulate.plan.remembered import DemonstrationAccount
from kuangan.emulate.plan.staff import ACCOUNTS
from kuangan.emulate.plan.words import person_name, phone


@dataclass
class Staffing:
    """Who does the appointing, with which password; collects the accounts.

    ``since``: when the platform came into use; ``appointed_at``: since when people hold their posts.
    """

    actor: User | None
    since: datetime
    appointed_at: datetime
    password: str
    rng: np.random.Generator
    accounts: list[DemonstrationAccount] = field(default_factory=list)

    def fill(self, unit: Unit, level: str = "", *, with_accounts: bool = False) -> dict[str, Person]:
        """Make the unit's standard posts, each with a holder; the holders by title."""
        kind = UnitKind(unit.kind)
        posts = STANDARD_POSTS[kind]
        names = [(person_name(self.rng), phone(self.rng)) for _ in posts]
        people = bulk.fill_posts(actor=self.actor, unit=unit, posts=posts, people=names, at=self.appointed_at)
        for post, person in zip(posts, people, strict=True):
            if with_accounts and (username := ACCOUNTS[kind].get(post.title)):
                self._open(username, unit, post, person, level)
        return dict(zip((post.title for post in posts), people, strict=True))

    def user(self, username: str) -> User:
        """An account that was opened."""
        return User.objects.get(username=username)

    def _open(self, username: str, unit: Unit, post: StandardPost, person: Person, level: str) -> None:
        user = actions.create_user(actor=None, username=username, person=person, password=self.password)
        secret = self._enrolled(user) if post.role.needs_totp else ""
        self.accounts.append(
            DemonstrationAccount(user.username, person.name, unit.name, post.title, post.role.value, level, secret)
        )

    def _enrolled(self, user: User) -> str:
        """Enrol with a code of two minutes before the history, so that those since can sign in it and log in after it."""
        secret = actions.enrol_totp(actor=self.actor, user=user)
        earlier = clock.now() - timedelta(minutes=2)
        code = pyotp.TOTP(secret).at(earlier)
        actions.confirm_totp(actor=self.actor, user=user, code=code, at=earlier)
        return secret
