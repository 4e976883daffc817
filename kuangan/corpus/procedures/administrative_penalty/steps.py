"""Who takes part in a penalty case, and what many of its forms ask for."""

from kuangan.corpus.procedures.administrative_penalty import course, guards, papers
from kuangan.law.guards import not_in_future
from kuangan.law.procedure import By, Field, Guard

OFFICERS = (By("office", "enforcement_officer"),)
LEGAL = (By("office", "legal_reviewer"),)
HEADS = (By("office", "bureau_head"), By("office", "bureau_deputy"))
HOSTS = (By("office", "section_head"), *LEGAL, *HEADS)
ABOVE = (By("above", "bureau_head"), By("above", "bureau_deputy"), *HEADS)
RESPONDENTS = (By("unit", "mine_director"), By("unit", "company_officer"))

BEFORE_NOTICE = ("investigating", "reported", "confirmed", "approved")
CARRIED_OUT = ("performing", "settled")

REASON = (Field("reason", "理由", "longtext"),)
OPINION = (Field("opinion", "意见", "longtext", required=False),)
PENALTY = (
    Field("warning", "警告", "flag", required=False),
    Field("fine", "罚款数额（元）", "money", required=False),
    Field("other", "其他处罚", "choice", choices=(("none", "无"), *course.HEAVY.items())),
)
SERVICE = (
    Field("method", "送达方式", "choice", choices=papers.METHODS),
    Field("receiver", "收件人姓名"),
    Field("receiver_post", "收件人职务或者与当事人的关系"),
    Field("place", "送达地点"),
    Field("witnesses", "见证人（留置送达）", required=False),
    Field("served_at", "送达时间", "moment"),
    Field("files", "送达回证、确认书、照片录像", "files", required=False),
)
SERVED: tuple[Guard, ...] = (
    guards.left_with_witnesses,
    guards.confirmed_address,
    not_in_future("served_at", "送达时间"),
)
