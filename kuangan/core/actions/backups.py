"""What is noted of backups and of trials to restore them, which change nothing; and a restore, which the trail records."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.actions.notices import send_notice
from kuangan.core.actions.seals import KEEPERS
from kuangan.core.models import (
    Backup,
    BackupKind,
    Channel,
    InvitationIssue,
    LoginSession,
    Notice,
    Restoration,
    RestoreTrial,
    User,
)
from kuangan.core.queries.backups import has_kept_keys
from kuangan.core.queries.invitations import codes_in_hand
from kuangan.core.queries.roles import units_with_role
from kuangan.core.subject import about
from kuangan.core.trail.restorations import break_digest
from kuangan.core.trail.sealing import RESTORATION, public_key, sign
from kuangan.law.role import Role

INCIDENT = ("backup_failed", "backup")
KEYLESS = ("backup_keyless", "keys")
KEYLESS_TEXT = (
    "现有备份都不含密钥。密钥丢失后，恢复的平台上所有人须重新绑定动态口令，加密保存的内容不能解开。请写一个口令文件"
    "（至少12个字符，仅运行账号可读），以 KUANGAN_BACKUP_PASSPHRASE_FILE 指定后重启平台，再执行 kuangan backup；"
    "口令另抄存保险柜。"
)


@transaction.atomic
def note_backup(*, folder: str, kind: str, began_at: datetime, fault: str, **facts: Any) -> Backup:
    """Note a backup that was taken (``facts``: its columns), or that was not.

    What is wrong with it is told to the operator, and, once, that the keys lie with no backup.
    """
    backup = Backup.objects.create(
        folder=folder, kind=kind, began_at=began_at, ended_at=clock.wall_now(), fault=fault, **facts
    )
    if fault:
        raise_incident(kind=INCIDENT[0], key=INCIDENT[1], text=fault, call=not backup.is_taken)
    else:
        end_incident(kind=INCIDENT[0], key=INCIDENT[1])
    if has_kept_keys():
        end_incident(kind=KEYLESS[0], key=KEYLESS[1])
    elif backup.is_taken and kind != BackupKind.upgrade:
        raise_incident(kind=KEYLESS[0], key=KEYLESS[1], text=KEYLESS_TEXT)
    return backup


@transaction.atomic
def note_removed(folders: Iterable[str]) -> None:
    """Note backups whose term was over."""
    Backup.objects.filter(folder__in=list(folders), removed_at=None).update(removed_at=clock.wall_now())


@transaction.atomic
def note_trial(*, folder: str, backed_up_at: datetime, seconds: int, fault: str) -> RestoreTrial:
    """Note that a backup was restored on trial; a fault is told to the operator."""
    trial = RestoreTrial.objects.create(
        folder=folder, backed_up_at=backed_up_at, at=clock.wall_now(), seconds=seconds, fault=fault
    )
    if fault:
        raise_incident(kind="backup_failed", key="trial", text=f"备份 {folder} 恢复演练未通过：{fault}", call=True)
    else:
        end_incident(kind="backup_failed", key="trial")
    return trial


@transaction.atomic
def note_restoration(*, manifest: Mapping[str, Any], taken_at: datetime, last_id: int) -> Restoration:
    """Write the signed break into the trail of a platform that begins again from a backup, and end what was lent before.

    Sessions, binding tokens, codes of invitations and passwords that somebody else chose count no more: they may have been used up since.
    """
    restoration = Restoration(
        at=clock.now(),
        taken_at=taken_at,
        last_id=last_id,
        manifest=dict(manifest),
        former_key=manifest["key"],
        key=public_key(),
    )
    restoration.signature = sign(break_digest(restoration), RESTORATION)
    restoration.save()
    LoginSession.objects.all().delete()
    lent = User.objects.filter(Q(password_given=True) | ~Q(binding_sha256=""))
    names = sorted(lent.values_list("username", flat=True))
    lent.filter(password_given=True).update(password=make_password(None))
    lent.update(binding_sha256="", binding_until=None)
    invited = _end_codes()
    told = {
        "taken_at": taken_at,
        "last": last_id,
        "backup": manifest["name"],
        "key": restoration.key,
        "ended": names,
        "invited": invited,
    }
    record(actor=None, action="restored", subject=restoration, data=told, at=restoration.at)
    _tell(restoration, invited)
    return restoration


def _end_codes() -> int:
    """Codes of invitations from before hold no more, for they may have been taken back or used since; of how many people."""
    ended = codes_in_hand().update(
        code_digest="",
        binding_digest="",
        written_at=None,
        expires_at=None,
        issued_at=None,
        fault="平台由备份恢复，此前的邀请码和凭证作废，请重新生成",
    )
    moment = clock.wall_now()
    InvitationIssue.objects.filter(ends_at__gt=moment).update(ends_at=moment)
    return ended


def _tell(restoration: Restoration, invited: int) -> None:
    """Those who keep the seals hear that the trail has a break and a new key; those who run the platform, too."""
    taken, at = (clock.civil(moment) for moment in (restoration.taken_at, restoration.at))
    body = (
        f"平台已于{at:%Y年%m月%d日 %H:%M}从{taken:%Y年%m月%d日 %H:%M}的备份恢复，其间的记录不在数据库中；"
        f"此后的封存由新密钥签名，公钥前八位 {restoration.key[:8]}。此前抄录的校验码和锚定文件继续有效，请留存"
    )
    if invited:
        body += f"。此前发放的 {invited} 份邀请码和绑定凭证已作废，请重新生成"
    for role in (*KEEPERS, Role.operator):
        for unit in units_with_role(role, restoration.at):
            notice = send_notice(
                actor=None,
                unit=unit,
                role=role,
                kind="seal",
                title="平台已从备份恢复",
                body=body,
                subject=about("seals" if role in KEEPERS else "status"),
                channels=(Channel.screen, Channel.sms),
                at=restoration.at,
            )
            Notice.objects.filter(pk=notice.pk).update(ended_at=restoration.at)
