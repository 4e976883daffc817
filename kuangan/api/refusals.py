"""How the API says no: Chinese JSON with ``message``, and ``errors`` by field where fields are wrong."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kuangan.core.errors import Refused
from kuangan.ledger.values import EntryRefused


class Denied(Exception):
    """A request that is not carried out, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def add_handlers(api: NinjaAPI) -> None:
    """Give the API an answer to everything that goes wrong through the sender's doing."""

    def answer(request: HttpRequest, status: int, message: str, errors: dict[str, str] | None = None) -> HttpResponse:
        body = {"message": message} if errors is None else {"message": message, "errors": errors}
        return api.create_response(request, body, status=status)

    @api.exception_handler(Denied)
    def denied(request: HttpRequest, no: Denied) -> HttpResponse:
        return answer(request, no.status, no.message)

    @api.exception_handler(EntryRefused)
    def entry_refused(request: HttpRequest, no: EntryRefused) -> HttpResponse:
        return answer(request, 422, no.message, no.errors)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, no: Refused) -> HttpResponse:
        return answer(request, 409, no.message)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, no: AuthenticationError) -> HttpResponse:
        return answer(request, 401, "请先登录，或在 Authorization 请求头中填写“Bearer 接口密钥”。")

    @api.exception_handler(ValidationError)
    def misshapen(request: HttpRequest, no: ValidationError) -> HttpResponse:
        errors = {str(error["loc"][-1]): "缺少，或格式不符合接口说明" for error in no.errors}
        return answer(request, 422, f"请求参数有误：{'、'.join(errors)}，请对照接口说明核对。", errors)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, no: HttpError) -> HttpResponse:
        return answer(request, no.status_code, "请求内容不是有效的 JSON，请核对后重新提交。")
