"""What the steps of a rectification share."""

from kuangan.corpus.procedures.rectification import papers
from kuangan.law.cite import Cite
from kuangan.law.procedure import By, Field, Tell

RUNNING = ("ordered", "extension_asked", "received")
"""The term runs."""
OPEN = (*RUNNING, "overdue")
"""Nothing was answered yet."""
REGISTER = Cite("register", "3.1")
LOOKED = (
    Field("method", "复查方式", "choice", choices=papers.METHODS),
    Field("seen", "复查情况", "longtext", help="写明看了什么、在哪里看的、结果如何"),
    Field("files", "复查照片、记录", "files", required=False),
)
REASON = Field("reason", "理由", "longtext")


def to_unit(title: str, body: str) -> tuple[Tell, ...]:
    return (Tell(By("unit"), title, body),)


def to_above(title: str, body: str) -> tuple[Tell, ...]:
    """Who answers for the level above the office is told."""
    return tuple(Tell(By("above", role), title, body) for role in ("section_head", "government_head"))
