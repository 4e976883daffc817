"""Three administrators, none of whom can do the work of another: what one asks for another decides."""

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, HowFar, Reader, StartItem
from kuangan.core.queries.roles import tenures_at
from kuangan.law.role import ADMINISTRATORS


def count(_: Reader) -> HowFar:
    held = tenures_at(clock.now()).filter(post__role__in=ADMINISTRATORS, person__user__is_active=True)
    return HowFar(len(set(held.order_by().values_list("post__role", flat=True))), len(ADMINISTRATORS))


ITEM = StartItem(
    order=20,
    title="三名管理员到位",
    text="系统管理员、安全管理员、审计管理员由三人分任；缺安全管理员时，任命签字岗位等申请无人审批。"
    "在服务器上运行 kuangan operator create 建立。",
    done="三类管理员均有启用的账号",
    roles=KEEPERS,
    count=count,
)
