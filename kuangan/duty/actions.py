"""All writes on duties. Keyword-only, actor first; every one records what it did in the same transaction."""

from kuangan.duty.changes import cancel, excuse, follow_go_live, recompute_open, reinstate, reschedule
from kuangan.duty.credit import Credit
from kuangan.duty.credits import fulfil, fulfil_many, revoke
from kuangan.duty.events import Following, open_event, open_events
from kuangan.duty.ladder import climb, urge
from kuangan.duty.opening import open_due
from kuangan.duty.proof.judging import forget_judgements, judge_credit, prove
from kuangan.duty.proof.lasting import ask_for, reopen_lapsed
from kuangan.duty.succession.heirs import let_lie, passing, successors
from kuangan.duty.succession.passing import pass_on, take_in_duties
from kuangan.duty.tokens import issue_checkin_token, stop_checkin_token

__all__ = [
    "Credit",
    "Following",
    "ask_for",
    "cancel",
    "climb",
    "excuse",
    "follow_go_live",
    "forget_judgements",
    "fulfil",
    "fulfil_many",
    "issue_checkin_token",
    "judge_credit",
    "let_lie",
    "open_due",
    "open_event",
    "open_events",
    "pass_on",
    "passing",
    "prove",
    "recompute_open",
    "reinstate",
    "reopen_lapsed",
    "reschedule",
    "revoke",
    "stop_checkin_token",
    "successors",
    "take_in_duties",
    "urge",
]
