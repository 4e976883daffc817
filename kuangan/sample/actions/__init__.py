"""All writes on samples: commit, freeze, reveal; the verdict, its confirmation, the objection and its answer.

What a confirmed verdict does to credits and findings follows in ``flow.samples``.
"""

from kuangan.sample.actions.drawing import commit_month, freeze, reveal
from kuangan.sample.actions.objections import mark_answered, object_to_verdict
from kuangan.sample.actions.verdicts import mark_confirmed, objection_ends, return_verdict, tell_late, write_verdict

__all__ = [
    "commit_month",
    "freeze",
    "mark_answered",
    "mark_confirmed",
    "object_to_verdict",
    "objection_ends",
    "return_verdict",
    "reveal",
    "tell_late",
    "write_verdict",
]
