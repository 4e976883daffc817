"""What cases about a mine's sensors and feeds share: who answers at the mine and at the desk, and how the mine is reached."""

from kuangan.law.cite import Cite
from kuangan.law.procedure import By, Field, Move

MINE = (
    By("mine", "mine_dispatcher"),
    By("mine", "mine_leader"),
    By("mine", "mine_engineer"),
    By("mine", "mine_director"),
)
DESK = (By("supervisor", "duty_officer"), By("supervisor", "enforcement_officer"), By("city", "duty_officer"))
OFFICERS = (By("supervisor", "enforcement_officer"), By("city", "enforcement_officer"))


def sign_for(help_text: str, *cites: Cite) -> Move:
    """The mine signs for what it was told, and has received it."""
    then = ("case.receive_notices",)
    return Move("sign_for", "签收", ("notified",), "received", MINE, cites=cites, help=help_text, then=then)


def call(what: str) -> tuple[Field, ...]:
    """The form of a call: who answered, what was said. ``what``: 通知, 催办."""
    return Field("answered_by", "接听人姓名、职务"), Field("told", f"{what}内容及对方答复", "longtext")


def record_call(help_text: str = "") -> Move:
    """The desk has reached by telephone a mine that did not sign."""
    return Move("record_call", "登记电话通知", ("notified",), "received", DESK, fields=call("通知"), help=help_text)
