"""Who may be which role of the embedded server: by the account of the connecting process (peer authentication).

The two roles of the platform are for the account that runs it, the superuser is for the server's own account alone.
When one ordinary account runs everything, it is all three.
"""

from pathlib import Path

from kuangan.base.files import replace_file
from kuangan.host.database.accounts import Account, acting_as, own_account
from kuangan.host.database.address import APP_ROLE, OWNER_ROLE, STANDBY_ROLE

SUPERUSER = "postgres"
RULES = """# 由 kuangan 在每次启动时写入，手工改动会被覆盖。
local all all peer map=kuangan
local replication kuangan_standby peer map=kuangan
"""
"""`pg_hba.conf`: the socket only, the account decides."""


def write_access_rules(place: Path, account: Account) -> None:
    """Write the rules into the cluster at ``place`` when they differ; older clusters trusted whoever reached the socket."""
    peers = [
        (own_account().name, APP_ROLE),
        (own_account().name, OWNER_ROLE),
        (own_account().name, STANDBY_ROLE),
        (account.name, SUPERUSER),
    ]
    lines = "".join(f'kuangan "{name}" {role}\n' for name, role in peers)
    for name, content in (("pg_hba.conf", RULES), ("pg_ident.conf", f"# 由 kuangan 在每次启动时写入。\n{lines}")):
        _keep(place / name, content.encode(), account)


def _keep(path: Path, content: bytes, account: Account) -> None:
    with acting_as(account):
        if not path.is_file() or path.read_bytes() != content:
            replace_file(path, content)
