"""The mines of a measurement: invented, with tokens, their methane points placed by the text of the place."""

import json
from pathlib import Path

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import create_unit
from kuangan.mine.actions import create_mine, set_attribute
from kuangan.mine.models import AttributeName, GasGrade
from kuangan.monitor.actions import issue_token
from kuangan.monitor.bench_feed import bench_mine


@transaction.atomic
def make(mines: str, points: str, tokens: str) -> None:
    """Make them and write their tokens by code to the file `tokens`."""
    city = create_unit(actor=None, kind="city", code="1499", name="测量市")
    county = create_unit(actor=None, kind="county", code="149999", name="测量县", parent=city)
    bureau = create_unit(actor=None, kind="county_bureau", code="149999-yj", name="测量县应急管理局", parent=county)
    found: dict[str, str] = {}
    today = clock.civil_date(clock.now())
    for number in range(int(mines)):
        code = bench_mine(number, int(points)).code
        unit = create_unit(actor=None, kind="mine", code=code, name=f"测量{number + 1}号煤矿", parent=county)
        mine = create_mine(actor=None, unit=unit, county=county, supervisor=bureau)
        set_attribute(actor=None, mine=mine, name=AttributeName.gas_grade, value=GasGrade.high_gas, valid_from=today)
        found[code] = issue_token(actor=None, mine=mine)
    Path(tokens).write_text(json.dumps(found))
