"""What moves and findings may set off beyond a case, by the names that procedures use. The doing is in ``flow``."""

CONSEQUENCES = {
    "case.receive_notices": "who makes the move has received what was sent to him about the case",
    "case.go_on": "the platform's own step out of the state is made (for the same party) where its guards let it",
    "case.record": "the entries of ledgers that the move writes (``Move.records``) are recorded, with what follows from them",
    "duty.excuse": "the duty that the case is about is urged no more; it never counts as done",
    "gas.count": "an over-limit counts: the rules run over every window that contains it",
    "gas.judge_anew": "an over-limit no longer counts, or not yet again: what rested on it is recomputed, what it opened is revoked",
    "gas.read_by_hand": "a portable reading at or above the set-point ends the belief in a calibration",
    "gas.calibration_doubted": "a filed calibration does not fit its filing: an alarm opens for what was read",
    "gas.judged_not_real": "it is drawn whether the city looks again; then as ``gas.judge_anew``",
    "silence.dismantled": "points that a person found dismantled are not expected to send, until they do",
    "silence.assessed": "a person has judged whether the monitoring of a mine works: if not, that is a finding",
}
"""Names for ``Move.then``."""
OPENINGS = {
    "halt.draft": "a stop is drafted with all that it rests on, or what was found joins the one that is open",
}
"""Names for ``FromRule.by``."""
