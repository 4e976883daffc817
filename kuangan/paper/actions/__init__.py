"""All writes on papers: draft, revise, freeze, serve, publish, withdraw. Each is recorded on the paper's chain.

From freezing on, each takes its own act out of a :class:`~kuangan.core.signing.Confirmation` of the actor; the one exception
are the platform's own papers without number and signer.
"""

from kuangan.paper.actions.drafts import draft_paper, revise_paper
from kuangan.paper.actions.freezing import freeze_paper
from kuangan.paper.actions.outside import give_back_numbers, take_over_numbers
from kuangan.paper.actions.publications import plan_publication, publish_paper, withdraw_publication
from kuangan.paper.actions.service import serve_paper, withdraw_paper

__all__ = [
    "draft_paper",
    "freeze_paper",
    "give_back_numbers",
    "plan_publication",
    "publish_paper",
    "revise_paper",
    "serve_paper",
    "take_over_numbers",
    "withdraw_paper",
    "withdraw_publication",
]
