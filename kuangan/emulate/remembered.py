"""What a demonstration remembers in the data folder (`demo.json`): its city, its accounts, its mines' upload tokens."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from kuangan.base import clock
from kuangan.emulate.city import city_plan
from kuangan.emulate.plan import CityPlan


@dataclass(frozen=True)
class Account:
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
    accounts: tuple[Account, ...]
    feed_tokens: dict[str, str]
    complete: bool = False

    def plan(self) -> CityPlan:
        """The city that was built."""
        return city_plan(self.city, self.mines, self.seed, on=date.fromisoformat(self.on))


def path() -> Path:
    """Where it is remembered."""
    return clock.data_folder() / "demo.json"


def remember(demonstration: Demonstration) -> None:
    """Write it for the owner's eyes only: it holds passwords, if only of a demonstration."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(demonstration), ensure_ascii=False, indent=1), "utf-8")
    draft.replace(target)


def remembered() -> Demonstration | None:
    """The demonstration of this data folder, None where there is none."""
    try:
        read = json.loads(path().read_text("utf-8"))
    except FileNotFoundError:
        return None
    accounts = tuple(Account(**account) for account in read.pop("accounts"))
    return Demonstration(accounts=accounts, **read)
