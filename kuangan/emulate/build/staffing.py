"""Fills the posts of a unit with invented people and opens the accounts of the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyotp

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Person, Unit, User
from kuangan.emulate.build import bulk
from kuangan.emulate.plan.remembered import DemonstrationAccount
from kuangan.emulate.plan.staff import PostPlan
from kuangan.emulate.plan.words import person_name, phone
from kuangan.law.role import Role


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

    def fill(
        self, unit: Unit, posts: Sequence[PostPlan], level: str = "", *, with_accounts: bool = False
    ) -> list[Person]:
        """Make these posts, each with a holder; returns the holders in the same order."""
        names = [(person_name(self.rng), phone(self.rng)) for _ in posts]
        people = bulk.fill_posts(actor=self.actor, unit=unit, posts=posts, people=names, at=self.appointed_at)
        for plan, person in zip(posts, people, strict=True):
            if with_accounts and plan.account:
                self._open(unit, plan, person, level)
        return people

    def user(self, username: str) -> User:
        """An account that was opened."""
        return User.objects.get(username=username)

    def _open(self, unit: Unit, plan: PostPlan, person: Person, level: str) -> None:
        user = actions.create_user(actor=None, username=plan.account, person=person, password=self.password)
        secret = self._enrolled(user) if Role(plan.role).needs_totp else ""
        self.accounts.append(
            DemonstrationAccount(user.username, person.name, unit.name, plan.title, plan.role.value, level, secret)
        )

    def _enrolled(self, user: User) -> str:
        """Enrol with a code of two minutes before the history, so that those since can sign in it and log in after it."""
        secret = actions.enrol_totp(actor=self.actor, user=user)
        earlier = clock.now() - timedelta(minutes=2)
        code = pyotp.TOTP(secret).at(earlier)
        actions.confirm_totp(actor=self.actor, user=user, code=code, at=earlier)
        return secret
