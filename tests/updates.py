"""A publisher and his updates of law, and the two of a city who sign them."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import TestCase

from kuangan.base import clock
from kuangan.cli.main import main
from kuangan.core.actions.law_updates import offer_update, sign_update, update_acts
from kuangan.core.models import LawUpdate
from kuangan.law.update.bundle import LawBundle, made_bundle, read_bundle
from kuangan.law.update.in_force import trust
from kuangan.law.update.package import PACKAGE, digest_of
from tests.answers import HEAD, SECOND, with_head
from tests.city import SmallCity
from tests.signing import signing

YEAR = "calendar/2027.yaml"
PUBLISHER = Ed25519PrivateKey.generate()
NOTICE = """year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知（样例）
provisional: false
days_off: [2027-01-01, 2027-02-05, 2027-02-08]
make_up_days: [2027-02-20]
"""
CHANGES = [{"where": "年历 2027", "old": "放假 2027-01-01（暂定）", "new": "放假 2027-01-01；上班 2027-02-20"}]


def made(key: Ed25519PrivateKey, number: int = 1, files: dict[str, str] | None = None, base: str = "") -> bytes:
    """A bundle signed with this key."""
    return made_bundle(
        number=number,
        title="2027年放假安排",
        made_on=clock.civil_date(clock.now()),
        base=base or digest_of(PACKAGE),
        files={YEAR: NOTICE} if files is None else files,
        key=key,
    )


def written(folder: Path, number: int = 1, text: str = NOTICE) -> Path:
    """A bundle packed by the publisher's own commands, whose key the city trusts."""
    key, changed, out = folder / "publisher", folder / "changed", folder / f"{number}.lawpack"
    if not key.exists():
        assert main(["law", "key", str(key)]) == 0
        assert main(["law", "trust", f"{key}.pub"]) == 0
    (changed / "calendar").mkdir(parents=True, exist_ok=True)
    (changed / YEAR).write_text(text, encoding="utf-8")
    title = ["--title", "2027年放假安排"]
    assert (
        main(["law", "pack", str(changed), "--number", str(number), *title, "--key", str(key), "--out", str(out)]) == 0
    )
    return out


def laid(city: SmallCity, folder: Path, number: int = 1, text: str = NOTICE) -> LawUpdate:
    """An update by a publisher whom the city trusts, laid before the two without the commands, which prove it first."""
    bundle, head = bundle_of(made(PUBLISHER, number, {YEAR: text}), PUBLISHER), city.users.get(HEAD) or with_head(city)
    trust(folder, PUBLISHER.public_key())
    effect = {"changes": CHANGES, "answers": []}
    return offer_update(head=head, second=city[SECOND], bundle=bundle, publisher="1234 5678", effect=effect)


def offer(file: Path, *more: str) -> int:
    """The command, in the names of the two."""
    return main(["law", "offer", str(file), "--head", HEAD, "--second", SECOND, *more])


def sign(city: SmallCity, *usernames: str) -> LawUpdate:
    """The signatures under what waits, one after the other."""
    for username in usernames or (HEAD, SECOND):
        update = LawUpdate.objects.get(confirmed_at=None, dropped_at=None)
        actor, moment = city[username], clock.now()
        acts = update_acts(actor, update, moment)
        with TestCase.captureOnCommitCallbacks(execute=True), signing(actor, acts, moment) as confirmation:
            update = sign_update(actor=actor, update=update, confirmation=confirmation, at=moment)
    return update


def bundle_of(raw: bytes, key: Ed25519PrivateKey) -> LawBundle:
    return read_bundle(raw, key.public_key())


def update_of(city: SmallCity) -> int:
    """An update that waits for the city's head; nobody of a county sees it."""
    known = LawUpdate.objects.first()
    if known is not None:
        return known.pk
    head, key = city.users.get(HEAD) or with_head(city), Ed25519PrivateKey.generate()
    effect = {"changes": CHANGES, "answers": []}
    bundle = bundle_of(made(key), key)
    return offer_update(head=head, second=city[SECOND], bundle=bundle, publisher="1234 5678", effect=effect).pk
