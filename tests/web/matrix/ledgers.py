"""Who may open what in the room `ledgers`."""

from kuangan.law.role import Role
from tests.web import ledger_world
from tests.web.matrix.rows import COMMISSIONERS, PATROLLERS, SIGHTED, Row

KEEPING = {Role.mine_director, Role.mine_engineer, Role.mine_leader}
ACCEPTING = {Role.enforcement_officer, Role.section_head, Role.bureau_head, Role.bureau_deputy}

ROWS: dict[str, Row] = {
    "ledgers": Row(SIGHTED),
    "ledger": Row(SIGHTED, lambda w: [ledger_world.LEDGER]),
    "print_ledger": Row(SIGHTED, lambda w: [ledger_world.LEDGER]),
    "new_entry": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "ledger_template": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "import_entries": Row(SIGHTED, lambda w: [ledger_world.LEDGER], receivers=PATROLLERS),
    "import": Row(SIGHTED, ledger_world.sheet, owned=True, receivers=COMMISSIONERS),
    "entry": Row(SIGHTED, ledger_world.address, owned=True),
    "open_entry": Row(SIGHTED, ledger_world.address, owned=True, post=True),
    "correct_entry": Row(SIGHTED, ledger_world.address, owned=True, receivers=PATROLLERS),
    "void_entry": Row(SIGHTED, ledger_world.address, owned=True, receivers=PATROLLERS),
    "request_part": Row(SIGHTED, ledger_world.request_address, owned=True, receivers=KEEPING),
    "confirmations": Row(SIGHTED),
    "confirm_part": Row(SIGHTED, ledger_world.part_address, owned=True, receivers=ACCEPTING),
    "entry_file": Row(SIGHTED, ledger_world.file_address, owned=True),
}
