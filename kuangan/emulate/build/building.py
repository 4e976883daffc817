"""Builds the demonstration city in an empty database, through the actions that people use."""

from datetime import datetime

import numpy as np
from django.db import transaction

from kuangan.core.models import Unit
from kuangan.emulate.build import bulk, institutions, minefiles
from kuangan.emulate.build.staffing import Staffing
from kuangan.emulate.plan.plan import CityPlan
from kuangan.emulate.plan.remembered import Demonstration
from kuangan.emulate.plan.secret import fresh_password
from kuangan.monitor import actions as monitor


class NotEmpty(Exception):
    """The database holds something that is no demonstration."""


UNPLACED_MINES = 3
"""The last mines of the plan, whose points nobody has placed yet: the list of unplaced points is not empty."""


@transaction.atomic
def build(plan: CityPlan, since: datetime, appointed_at: datetime, *, password: str = "") -> Demonstration:
    """The city as of ``since``, its people in their posts since ``appointed_at``: all of it or nothing. Raises :class:`NotEmpty`.

    ``password``: that of all accounts; empty = a new one.
    """
    if Unit.objects.exists():
        raise NotEmpty("数据库中已有单位数据，不是空库，不能建立演示城市；请另设 KUANGAN_DATA 或 DATABASE_URL")
    staffing = Staffing(None, since, appointed_at, password or fresh_password(), np.random.default_rng([plan.seed, 53]))
    built = institutions.build(plan, staffing)
    tokens: dict[str, str] = {}
    for index, mine_plan in enumerate(plan.mines):
        mine = minefiles.write(mine_plan, built, staffing, with_accounts=index == 0)
        tokens[mine.code] = monitor.issue_token(actor=staffing.actor, mine=mine, at=since)
        if index < len(plan.mines) - UNPLACED_MINES:
            places = {point.code: point.place for point in mine_plan.points if point.place}
            bulk.confirm_places(actor=staffing.user("city_officer"), mine=mine, places=places, at=since)
    return Demonstration(
        city=plan.city.code,
        city_name=plan.city.name,
        seed=plan.seed,
        mines=len(plan.mines),
        on=plan.on.isoformat(),
        password=staffing.password,
        accounts=tuple(staffing.accounts),
        feed_tokens=tokens,
    )
