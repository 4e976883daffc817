"""Local values that the platform assumes and the city has not answered."""

from kuangan.city.start.item import KEEPERS, OFFICERS, HowFar, Reader, StartItem
from kuangan.core.queries.local_answers import answers_by_key
from kuangan.law.answers.questions import LOCAL, questions


def count(_: Reader) -> HowFar:
    asked = {question.key for question in questions() if question.kind == LOCAL}
    return HowFar(len(asked & answers_by_key().keys()), len(asked))


ITEM = StartItem(
    order=30,
    title="答复本地取值",
    text="平台对法规没有写明的数值先按推定办理；由本市应急管理局逐项研究，两人签署后生效。",
    done="每项推定的本地取值均有本市的答复",
    roles=(*KEEPERS, *OFFICERS),
    count=count,
    pages=("open_questions",),
)
