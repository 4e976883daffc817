"""我的个人信息: what the platform holds on the reader, to be read and taken along; what is wrong is corrected by whom it says."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse

from kuangan.core.queries.upkeep.personal import personal_items
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.lists import Column, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table

PERSONAL = (
    Column("类别", lambda item: item.kind, 12, style="nowrap"),
    Column("项目", lambda item: item.name, 30),
    Column("内容", lambda item: item.value, 60),
    Column("用途", lambda item: item.purpose, 30, style="small"),
)


@door(*EVERYONE)
def personal_data(request: Request) -> HttpResponse:
    """The page; with ``export=xlsx`` a sheet, with ``export=json`` the same for programs."""
    items = personal_items(request.user)
    if request.GET.get("export") == "json":
        answer = JsonResponse([asdict(item) for item in items], safe=False, json_dumps_params={"ensure_ascii": False})
        answer["Content-Disposition"] = 'attachment; filename="personal-data.json"'
        return answer
    if wants_export(request):
        return export("我的个人信息", PERSONAL, items)
    return show(request, "account/personal_data.html", table=Table(PERSONAL, items))
