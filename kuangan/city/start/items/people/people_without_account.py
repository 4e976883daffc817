"""People who hold a post and have no account by which they could do its work."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.core.models import Person, Tenure, User


def count(reader: Reader) -> HowFar:
    posted = Exists(Tenure.objects.filter(person=OuterRef("pk"), to_at=None))
    return progress(
        reader.within(Person.objects.filter(posted), "unit__path"),
        Exists(User.objects.filter(person=OuterRef("pk"), is_active=True)),
    )


ITEM = StartItem(
    order=50,
    title="开通账号",
    text="由系统管理员在“用户与权限”的“开通邀请”页按单位成批邀请，信函打印后交本人，凭邀请码自行开通；需要签字的人员还须绑定动态口令。",
    done="每名任职人员均有启用的账号",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("invitations", "users"),
    nothing="尚无任职人员",
)
