"""Mines of one county, made by the actions that people use."""

from kuangan.core.actions import create_unit
from kuangan.core.models import Unit
from kuangan.mine.actions import create_mine, set_attribute
from kuangan.mine.models import Mine
from tests.db.monitor.feedtext import MINE, moment


def _unit(kind: str, code: str, name: str, parent: Unit | None) -> Unit:
    found = Unit.objects.filter(code=code).first()
    return found or create_unit(actor=None, kind=kind, code=code, name=name, parent=parent)


def make_mine(code: str = MINE) -> Mine:
    city = _unit("city", "1404", "某市", None)
    county = _unit("county", code[:6], "某县", city)
    bureau = _unit("county_bureau", f"{code[:6]}-yj", "某县应急管理局", county)
    mine = create_mine(
        actor=None, unit=_unit("mine", code, f"示例煤矿{code[-2:]}", county), county=county, supervisor=bureau
    )
    set_attribute(actor=None, mine=mine, name="gas_grade", value="high_gas", valid_from=moment("00:00:00").date())
    return mine
