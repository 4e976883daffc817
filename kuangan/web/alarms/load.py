"""值班负荷: how many alarms each desk was told of, hour by hour, and where it was more than a person can take in."""

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse

from kuangan.base import clock
from kuangan.flow.alarms.desk import most_an_hour
from kuangan.flow.alarms.queries import untold_of
from kuangan.law.local import local, local_span
from kuangan.law.role import Role
from kuangan.overview.queries.load import DeskHour, desk_hours
from kuangan.web.frame import shown
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import marked, table

SINCE = timedelta(hours=24)


@door(Role.duty_officer, Role.enforcement_officer, Role.section_head)
def desk_load(request: Request) -> HttpResponse:
    """The hours of the last day in which a desk was told of something, the newest first."""
    moment = clock.now()
    day = clock.civil_date(moment)
    flood = int(local("desk.flood_in_ten_minutes", day).value)
    hours = desk_hours(request.user, moment - SINCE, moment)
    columns = (
        Column("值班单位", lambda hour: hour.unit_name, style="strong"),
        Column("时段", lambda hour: shown.minute(hour.start), style="nowrap"),
        Column("通知", lambda hour: hour.notices, style="num"),
        Column("涉及报警、中断", lambda hour: hour.cases, style="num", short="涉及"),
        Column("其中汇总通知", lambda hour: hour.summaries, style="num", short="汇总"),
        Column("十分钟最多", lambda hour: hour.most_in_ten, style="num", short="十分钟"),
        Column("情况", lambda hour: _state(hour, flood, most_an_hour(moment))),
    )
    listed = table(
        request,
        columns,
        hours,
        nothing="近24小时没有报警通知。",
        unexported=True,
        row=lambda hour: marked(style="has-orange" if hour.most_in_ten > flood else ""),
    )
    return show(
        request,
        "alarms/desk_load.html",
        table=listed,
        total=sum(hour.notices for hour in hours),
        cases=sum(hour.cases for hour in hours),
        floods=sum(1 for hour in hours if hour.most_in_ten > flood),
        waiting=untold_of(request.user).count(),
        most_an_hour=most_an_hour(moment),
        summary_every=str(local_span("desk.summary_every", day)),
        flood=flood,
        back=reverse("desk"),
    )


def _state(hour: DeskHour, flood: int, most: int) -> str:
    if hour.most_in_ten > flood:
        return "报警集中"
    return "超过每小时处置量" if hour.notices > most else "正常"
