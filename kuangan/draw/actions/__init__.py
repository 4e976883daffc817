"""All writes on draws: publish the pool with the commitment, prepare, draw before a second person, cancel.

Each is signed by who does it (the acts are in ``draw.signing``) and recorded on the draw's chain.
"""

from kuangan.draw.actions.drawing import cancel_draw, prepare_draw, witness_draw
from kuangan.draw.actions.publishing import agree_repeat, publish_draw

__all__ = ["agree_repeat", "cancel_draw", "prepare_draw", "publish_draw", "witness_draw"]
