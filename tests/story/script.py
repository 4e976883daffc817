"""The hand that moves a story's clock: what people and the sweep do, moment by moment."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.flow.act import advance
from kuangan.flow.sweep import sweep_once
from kuangan.mine.models import Point
from kuangan.monitor.models import Episode
from tests.city import SmallCity, over
from tests.signing import signing_move

PROPOSAL = {
    "days": 3,
    "scope": "mine",
    "requirements": "查明瓦斯来源\n整改通风系统",
    "opinion": "事实清楚，建议停产整顿",
}
FOUND_REAL = {"method": "on_site", "findings": "瓦斯检查员读数一致", "hand_reading": "1.10"}
FOUND_CALIBRATION = {
    "kind": "calibration",
    "method": "phone",
    "findings": "调校记录相符",
    "hand_reading": "0.30",
    "neighbours": "平稳",
}
CUT = {"people": 32, "scope": "1301工作面及回风巷"}
ACCEPT = {"inspected_on": "2026-03-20", "participants": "乙二、乙三", "opinion": "整改到位，验收合格"}


class Script:
    """Time and the steps that many stories share."""

    def __init__(self, city: SmallCity, at: datetime) -> None:
        self.city = city
        self.at = at

    def wait(self, **span: float) -> datetime:
        """Let time pass and the sweep work."""
        self.at += timedelta(**span)
        sweep_once(self.at)
        return self.at

    def until(self, moment: datetime) -> None:
        """Let time pass up to a moment."""
        self.at = moment
        sweep_once(self.at)

    def do(self, username: str, case: Case, move: str, **inputs: Any) -> Case:
        """One move by one person, a minute later."""
        self.at += timedelta(minutes=1)
        self._advance(username, case, move, inputs)
        case.refresh_from_db()
        return case

    def _advance(self, username: str, case: Case, move: str, inputs: dict[str, Any]) -> None:
        """The move, signed by the person where the law asks for it."""
        actor = self.city[username]
        with signing_move(actor, case, move, inputs, self.at) as confirmation:
            advance(actor=actor, case=case, move_id=move, inputs=inputs, confirmation=confirmation, at=self.at)

    def refused(self, username: str, case: Case, move: str, **inputs: Any) -> str:
        """The reason why a move is refused; nothing has changed."""
        state = case.state
        with pytest.raises(Refused) as refusal:
            self._advance(username, case, move, inputs)
        case.refresh_from_db()
        assert case.state == state
        return str(refusal.value)

    def alarm(self, point: str = "first-1301-T0", **episode: Any) -> Case:
        """An over-limit now, and the alarm case the sweep made of it."""
        made = self.episode(self.city.points[point], **episode)
        sweep_once(self.at)
        return made.case_link.case

    def episode(self, point: Point, **values: Any) -> Episode:
        """An over-limit that starts now."""
        return over(point, self.at, **values)

    def confirm(self, alarm: Case, *, real: bool = True) -> Case:
        """Two officers judge an alarm."""
        if real:
            self.do("county_officer", alarm, "find_real", **FOUND_REAL)
            return self.do("county_officer_b", alarm, "confirm_real", opinion="同意")
        self.do("county_officer", alarm, "find_not_real", **FOUND_CALIBRATION)
        return self.do("county_officer_b", alarm, "confirm_not_real", opinion="同意")

    def cut_power(self, alarm: Case, **inputs: Any) -> Case:
        """The mine reports power off and people out, an officer accepts the report."""
        files = self.city.evidence("mine_dispatcher")
        times = {"power_off_at": self.at, "withdrawn_at": self.at}
        self.do("mine_dispatcher", alarm, "report_power_off", **CUT, **times, files=files, **inputs)
        return self.do("county_officer", alarm, "accept_power_off", opinion="与馈电状态核对一致")

    def real_alarm(self, **episode: Any) -> Case:
        """An alarm that is confirmed at once."""
        return self.confirm(self.alarm(**episode))

    def suspension(self) -> Case:
        """The mine's only suspension."""
        return Case.objects.get(procedure="suspension")

    def order(self, case: Case) -> Case:
        """From the draft to the signed order."""
        self.do("county_officer", case, "propose", **PROPOSAL)
        self.do("county_officer_b", case, "countersign", opinion="同意")
        self.do("county_section", case, "review", opinion="同意")
        self.do("county_legal", case, "pass_legal_review", opinion="事实清楚，适用依据正确，程序合法")
        return self.do("county_head", case, "order")

    def serve(self, case: Case) -> Case:
        """Served a minute later, at the moment of registering it."""
        return self.do("county_officer", case, "serve", **self.service(self.at + timedelta(minutes=1)))

    def service(self, served_at: datetime, by: str = "county_officer") -> dict[str, Any]:
        """The form of a service at a moment, with the receipt signed on its day."""
        return {
            "method": "direct",
            "receiver": "甲二",
            "receiver_post": "矿长",
            "place": "矿调度室",
            "served_at": served_at,
            "received_on": civil_date(served_at).isoformat(),
            "files": self.city.evidence(by),
        }

    def extend(self, case: Case, *, days: int = 3, reason: str = "停产期间再次超限") -> Case:
        """From the proposal of an extension to its signature."""
        self.do("county_officer", case, "propose_extension", more_days=days, reason=reason)
        self.do("county_officer_b", case, "countersign_extension", opinion="同意")
        self.do("county_section", case, "review_extension", opinion="同意")
        self.do("county_legal", case, "pass_extension_review", opinion="事实清楚，程序合法")
        return self.do("county_head", case, "extend")

    def chain(self, case: Case) -> Case:
        """The chain of art. 48 up to the inspectorate's consent."""
        on = self.at.date().isoformat()
        files = self.city.evidence("mine_director")
        self.do("mine_director", case, "accept_self", rectified="已整改", accepted_on=on, files=files)
        self.do("company_officer", case, "accept_company", opinion="验收合格")
        self.do("mine_director", case, "apply", statement="整改完成，申请恢复生产")
        self.do("county_officer", case, "accept", **{**ACCEPT, "inspected_on": on})
        self.do("county_head", case, "sign_acceptance")
        return self.do("inspectorate_officer", case, "consent", opinion="同意")
