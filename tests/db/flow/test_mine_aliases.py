"""Other codes of a mine: registered, ended and corrected by changes; of one mine at any one time; whatever names a mine resolves them."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.values.plain import Wrong
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, ask_change
from kuangan.flow.changes.queries import offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.mines.opening import open_mine
from kuangan.ledger.references import References
from kuangan.mine.queries.aliases import aliases_on, mine_code_of
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CODE = "140423001"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def change(city, kind: str, mine: str = "first", *, actor="county_section", on=TODAY, corrects=None, **values):
    return ask_change(
        actor=city[actor],
        kind=change_kinds()[kind],
        subject=change_subject("mine", city.mines[mine].code),
        values=values,
        stated=Stated(on, "省级平台编码", "示应急〔2026〕9号"),
        corrects=corrects,
        takes_back=corrects is not None and not values,
    )


def test_a_code_means_the_mine_from_its_day_and_sheets_resolve_it(city):
    own = city.mine.code
    change(city, "mine_alias", code="1404-23 001")
    assert [mine_code_of(CODE, day) for day in (YESTERDAY, TODAY)] == [None, own]
    assert (mine_code_of(own, TODAY), mine_code_of("９", TODAY)) == (own, None)
    assert References(city.units["county"]).mine("1404-23001") == city.mine
    with pytest.raises(Wrong):
        References(city.units["second_mine"]).mine(CODE)
    assert change(city, "mine_alias", actor="operator", code="QYBM0001").state == "in_effect"
    assert change(city, "mine_alias", actor="mine_director", code="QYBM0002").state == "proposed"


def test_a_code_is_of_one_mine_at_any_one_time(city):
    change(city, "mine_alias", code=CODE)
    for mine in ("first", "second"):
        with pytest.raises(Refused, match="已登记为云岭一号煤矿的其他编码"):
            change(city, "mine_alias", mine, code=CODE)
    with pytest.raises(Refused, match="是云岭二号煤矿的煤矿编码"):
        change(city, "mine_alias", code=city.mines["second"].code)
    with pytest.raises(Refused, match="6至20位"):
        change(city, "mine_alias", code="12345")
    change(city, "mine_alias", code="140423900099")
    with pytest.raises(Refused, match="已登记为云岭一号煤矿的其他编码"):
        open_mine(
            actor=None,
            code="140423900099",
            name="又一矿",
            county=city.units["county_area"],
            supervisor=city.units["county"],
            at=MORNING,
        )


def test_it_is_ended_given_to_another_and_taken_back_in_order(city):
    first = change(city, "mine_alias", code=CODE, on=YESTERDAY)
    alias = str(aliases_on(TODAY).get().pk)
    ended = change(city, "mine_alias_ended", alias=alias)
    assert [mine_code_of(CODE, day) for day in (YESTERDAY, TODAY)] == [city.mine.code, None]
    assert "mine_alias_ended" not in [kind.id for kind in offered_kinds(city["operator"], change_subject("mine", city.mine.code))]  # fmt: skip
    with pytest.raises(Refused, match="请先更正该次停用"):
        change(city, "mine_alias", corrects=first)
    second = change(city, "mine_alias", "second", code=CODE)
    assert mine_code_of(CODE, TODAY) == city.mines["second"].code
    with pytest.raises(Refused, match="此后已登记为云岭二号煤矿"):
        change(city, "mine_alias_ended", corrects=ended)
    change(city, "mine_alias", "second", corrects=second)
    change(city, "mine_alias_ended", corrects=ended)
    assert mine_code_of(CODE, TOMORROW) == city.mine.code
    change(city, "mine_alias", corrects=first)
    assert mine_code_of(CODE, YESTERDAY) is None
