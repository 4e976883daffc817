"""Mines of which one of the five leading posts has nobody on file."""

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.mine.models import KeyPerson, KeyPost, Mine


def count(reader: Reader) -> HowFar:
    today = clock.civil_date(clock.now())
    in_office = KeyPerson.objects.filter(Q(to_on=None) | Q(to_on__gt=today), mine=OuterRef("pk"), from_on__lte=today)
    posts = in_office.order_by().values("mine").annotate(number=Count("post", distinct=True)).values("number")
    mines = Mine.objects.annotate(key_posts=Coalesce(Subquery(posts), 0))
    return progress(reader.within(mines, "unit__path"), Q(key_posts=len(KeyPost)))


ITEM = StartItem(
    order=40,
    title="五职矿长",
    text="在建市工作簿“关键人”表中填写矿长、总工程师和安全、生产、机电副矿长后导入。",
    done="每座煤矿的五个职务均有在任人员",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("mines", "city_books"),
    nothing="尚未登记煤矿",
)
