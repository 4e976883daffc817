"""One notice with whom it reached, and the people whom nothing reached."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.core.queries import notices_waiting
from kuangan.core.queries.reaching import messages_of, notices_in_sight, unanswered_calls, unreached
from kuangan.web.frame.doors import AUTHORITY, EVERYONE, MINE, door
from kuangan.web.frame.links import address_of
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.notices.lists import CALLS, MESSAGES, UNREACHED


@door(*EVERYONE)
def notice(request: Request, pk: int) -> HttpResponse:
    """What a message leads to: the notice, its signature, whom it reached and how."""
    told = get_object_or_404(notices_in_sight(request.user), pk=pk)
    messages = Table(MESSAGES, messages_of(request.user, told), "本通知没有发出消息。")
    waits = notices_waiting(request.user).filter(pk=pk).exists()
    return show(request, "notices/notice.html", notice=told, table=messages, address=address_of(told.link), waits=waits)


@door(*AUTHORITY, *MINE)
def unreached_people(request: Request) -> HttpResponse:
    """Whom nothing reached within the last day, for whoever is on duty."""
    moment = clock.now()
    people = unreached(request.user, moment)
    if wants_export(request):
        return export("未通知到的人员", UNREACHED, people.iterator())
    listed = table(
        request,
        UNREACHED,
        people,
        nothing="近一日没有未通知到的人员",
        hint="短信、工作消息、邮件均发送失败且未签收的，会列在这里。",
    )
    calls = Table(CALLS, unanswered_calls(request.user, moment), "近一日没有无人应答的叫应。")
    return show(request, "notices/unreached.html", table=listed, calls=calls)
