"""The pages for what goes wrong, in the user's language, each saying what to do."""

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import HttpResponse
from django.template.loader import render_to_string

from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import WrongAddress


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:
    """400; what is wrong where the address names something that is not the person's."""
    words = "地址或提交的内容不完整。请返回上一页重新操作。"
    if isinstance(exception, TooManyFilesSent):
        words = f"一次最多附{settings.DATA_UPLOAD_MAX_NUMBER_FILES}个文件，请分次提交。"
    return _shown(request, 400, "请求无法识别", str(exception) if isinstance(exception, WrongAddress) else words)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    """403; also Django's answer to a form whose page was too old (CSRF), through ``csrf_failure``."""
    return _shown(
        request, 403, "无权查看", "您现任职务不含此项权限。如工作需要，请联系本单位系统管理员核对岗位与代理设置。"
    )


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """403 for a form that does not belong to the running session."""
    return _shown(request, 403, "页面已失效", "本页停留过久或已在别处重新登录，提交未被受理。请刷新页面后重新提交。")


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """404; also for what exists but lies outside the person's area."""
    return _shown(request, 404, "未找到", "该内容不存在，或不在您的管辖范围内。请从菜单进入，或核对地址。")


def too_busy(request: Request) -> HttpResponse:
    """Too many papers and sheets are being made: 503, nothing was changed."""
    return _shown(request, 503, "正在处理的文件较多", "本次操作未完成，数据未改动。请返回上一页，稍候几秒再次提交。")


def server_error(request: Request) -> HttpResponse:
    """500, rendered without the database: what failed may be just that."""
    return _shown(
        request, 500, "系统故障", "本次操作未完成，数据未改动。请稍后重试；仍不成功的，联系系统管理员并告知发生时间。"
    )


def _shown(request: Request, status: int, title: str, advice: str) -> HttpResponse:
    if status == 500:
        return bare(status, title, advice)
    return show(request, "frame/error.html", status=status, status_code=status, title=title, advice=advice)


def bare(status: int, title: str, advice: str) -> HttpResponse:
    """The page without layout, for answers that must need neither database nor session."""
    page = render_to_string("frame/error_bare.html", {"status": status, "title": title, "advice": advice})
    return HttpResponse(page, status=status)
