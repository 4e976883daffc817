"""The JSON API and its description. Check-ins of duties and feeds have doors of their own."""

from ninja import NinjaAPI, Swagger

from kuangan.api.ledgers import router
from kuangan.api.refusals import add_handlers
from kuangan.api.register import router as register
from kuangan.api.sight import Key, Session, signed_in_only
from kuangan.api.wire import ChineseRenderer, StrictParser

api = NinjaAPI(
    title="矿安数据接口",
    version="1",
    description="台账的查询、登记、更正和作废；单位、煤矿、人员、测点的查询和变更提出。权限与本人在页面上的权限相同；文件在页面上传。",
    auth=[Key(), Session()],
    docs=Swagger({"validatorUrl": None}),
    docs_decorator=signed_in_only,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=ChineseRenderer(),
)
api.add_router("", router)
api.add_router("", register)
add_handlers(api)
