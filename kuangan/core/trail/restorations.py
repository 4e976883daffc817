"""The break that a restore leaves in the trail: signed twice, so that nobody takes it for fraud, or fraud for it.

The backup's manifest bears the signature of the seal key of before, over the trail up to the backup's moment. The break
bears that of the key from then on: the seal key is in no backup.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest

from kuangan.base.digest import digest
from kuangan.core.models import Restoration
from kuangan.core.queries.trail import heads_between
from kuangan.core.trail.chain import manifest_digest, seal_digest
from kuangan.core.trail.sealing import BACKUP, RESTORATION, fits, public_key


def break_digest(restoration: Restoration) -> str:
    """What the signature of a break is over."""
    return digest(
        {
            "at": restoration.at,
            "taken_at": restoration.taken_at,
            "last": restoration.last_id,
            "manifest": manifest_digest(restoration.manifest),
            "former_key": restoration.former_key,
            "key": restoration.key,
        }
    )


def misfits(breaks: Sequence[Restoration]) -> Iterator[tuple[Restoration, str]]:
    """The breaks that do not prove themselves, each with the reason in Chinese."""
    for restoration, following in zip_longest(breaks, breaks[1:]):
        reason = _misfit(restoration, following.former_key if following else public_key())
        if reason:
            yield restoration, reason


def _misfit(restoration: Restoration, key: str) -> str:
    manifest = restoration.manifest
    if restoration.key != key or not fits(key, break_digest(restoration), restoration.signature, RESTORATION):
        return "恢复记录的签名不成立，不是本机密钥所签"
    if manifest.get("key") != restoration.former_key or not fits(
        restoration.former_key, manifest_digest(manifest), manifest.get("signature", ""), BACKUP
    ):
        return "恢复所用备份的签名不成立，不是原封存密钥所签"
    head = manifest.get("trail") or {}
    if head.get("last_id") != restoration.last_id:
        return "恢复记录与所用备份的截止记录不符"
    made = seal_digest(
        heads_between(head["first_id"], head["last_id"]),
        day=date.fromisoformat(head["day"]),
        last_id=head["last_id"],
        prev_digest=head["prev"],
    )
    return "" if made == head["digest"] else "恢复以前的记录与备份时不符，有记录被删除或增补"
