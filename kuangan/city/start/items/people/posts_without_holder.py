"""Posts that nobody holds."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.core.models import Post, Tenure


def count(reader: Reader) -> HowFar:
    return progress(
        reader.within(Post.objects.all(), "unit__path"),
        Exists(Tenure.objects.filter(post=OuterRef("pk"), to_at=None)),
    )


ITEM = StartItem(
    order=40,
    title="岗位任命",
    text="由系统管理员在“用户与权限”中任命；签字岗位须经安全管理员审批。本单位不设的岗位应当撤销。",
    done="每个岗位均有任职人员",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("users",),
)
