"""People who sign, without the one-time code that each signature asks for."""

from django.db.models import Exists, OuterRef, Q

from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.core.models import Tenure, User
from kuangan.law.role import Role

SIGNING = tuple(role for role in Role if role.needs_totp)


def count(reader: Reader) -> HowFar:
    signs = Exists(Tenure.objects.filter(person=OuterRef("person"), to_at=None, post__role__in=SIGNING))
    accounts = User.objects.filter(signs, is_active=True)
    return progress(reader.within(accounts, "person__unit__path"), ~Q(totp_secret=""))


ITEM = StartItem(
    order=60,
    title="绑定动态口令",
    text="签字人员和管理员首次登录时按页面提示绑定手机动态口令；未绑定的不能签署文书。",
    done="每名需要签字的人员均已绑定动态口令",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("users",),
    nothing="尚无签字岗位的账号",
)
