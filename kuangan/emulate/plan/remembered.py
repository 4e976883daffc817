"""What a demonstration remembers in the data folder (`demo.json`): its city, its accounts, its mines' upload tokens."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from kuangan.base import clock
from kuangan.base.files import UnreadableFile, replace_file
from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.plan.plan import CityPlan
from kuangan.host.demo_file import NAME, REMEDY, read_demonstration


@dataclass(frozen=True)
class DemonstrationAccount:
    """A demonstration account; ``totp_secret`` is empty for those who log in without a one-time code."""

    username: str
    name: str
    unit: str
    title: str
    role: str
    level: str
    totp_secret: str


@dataclass(frozen=True)
class Demonstration:
    """The demonstration of this data folder. ``feed_tokens``: token by mine code. ``complete``: its history is made, too."""

    city: str
    city_name: str
    seed: int
    mines: int
    on: str
    password: str
    accounts: tuple[DemonstrationAccount, ...]
    feed_tokens: dict[str, str]
    complete: bool = False

    def plan(self) -> CityPlan:
        """The city that was built."""
        return city_plan(self.city, self.mines, self.seed, on=date.fromisoformat(self.on))


def path() -> Path:
    return clock.data_folder() / NAME


def remember(demonstration: Demonstration) -> None:
    """Write it for the owner's eyes only: it holds passwords, if only of a demonstration."""
    path().parent.mkdir(parents=True, exist_ok=True)
    replace_file(path(), json.dumps(asdict(demonstration), ensure_ascii=False, indent=1).encode())


def remembered() -> Demonstration | None:
    """The demonstration of this data folder, None where there is none. UnreadableFile (Chinese) when it is damaged."""
    try:
        read = read_demonstration(path().parent)
    except FileNotFoundError:
        return None
    try:
        accounts = tuple(DemonstrationAccount(**account) for account in read.pop("accounts"))
        return Demonstration(accounts=accounts, **read)
    except (AttributeError, KeyError, TypeError) as damaged:
        raise UnreadableFile(f"{path()} 内容已损坏，{REMEDY}") from damaged
