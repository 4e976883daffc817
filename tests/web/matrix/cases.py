"""Who may open what in the room `cases`."""

from kuangan.law.role import Role
from tests.web.matrix.rows import SIGHTED, Row

ROWS: dict[str, Row] = {
    "cases": Row(SIGHTED),
    "new_cases": Row(SIGHTED),
    "new_case": Row(SIGHTED, lambda w: ["no_such_procedure", "open"], owned=True, receivers=set()),
    "case": Row(SIGHTED, lambda w: [w.alarm.pk], owned=True),
    "move": Row(SIGHTED, lambda w: [w.alarm.pk, "find_real"], owned=True),
    "preview": Row(SIGHTED, lambda w: [w.alarm.pk, "find_real"], owned=True, post=True),
    "open_input": Row(SIGHTED, lambda w: [w.alarm.pk, 10**9, "informer"], owned=True, post=True, receivers=set()),
    "case_attachment": Row(
        SIGHTED, lambda w: [w.alarm.pk, w.alarm.moves.get(move="report_first").attachments.get().pk], owned=True
    ),
    "regroup": Row({Role.enforcement_officer}, lambda w: [w.alarm.pk], owned=True, post=True),
    "confirm_regroup": Row(
        {Role.enforcement_officer}, lambda w: [w.alarm.pk, 1], owned=True, post=True, receivers=set()
    ),
    "paper": Row(SIGHTED, lambda w: [w.alarm.papers.get().paper_id], owned=True),
    "paper_pdf": Row(SIGHTED, lambda w: [w.alarm.papers.get().paper_id], owned=True),
}
