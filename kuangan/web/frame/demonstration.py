"""The demonstration's accounts, from the file that its seed leaves in the data folder."""

from dataclasses import dataclass

import pyotp

from kuangan.base import clock
from kuangan.host.demo_file import read_demonstration


@dataclass(frozen=True)
class OfferedAccount:
    """One account of the demonstration with the code that is valid now ("" if it needs none)."""

    username: str
    name: str
    unit: str
    title: str
    password: str
    code: str


def accounts() -> tuple[OfferedAccount, ...]:
    """The accounts in the order of the file; none when the demonstration was not seeded."""
    try:
        written = read_demonstration(clock.data_folder())
    except FileNotFoundError:
        return ()
    wall = clock.wall_now()
    return tuple(
        OfferedAccount(
            username=account["username"],
            name=account["name"],
            unit=account["unit"],
            title=account["title"],
            password=written["password"],
            code=pyotp.TOTP(account["totp_secret"]).at(wall) if account["totp_secret"] else "",
        )
        for account in written["accounts"]
    )
