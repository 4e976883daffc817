"""The newest backup and the newest trial of one, for whoever runs the platform on its machine."""

from kuangan.core.models import Backup, BackupKind, RestoreTrial


def newest_backup() -> Backup | None:
    """The newest that was taken and is kept; what was written out before an upgrade is none."""
    kept = Backup.objects.filter(is_taken=True, removed_at=None).exclude(kind=BackupKind.upgrade)
    return kept.order_by("-began_at").first()


def has_kept_keys() -> bool:
    """Whether the keys lie with any backup that is kept; those of an older one open a newer one's content, too."""
    return Backup.objects.filter(is_taken=True, has_keys=True, removed_at=None).exists()


def newest_trial() -> RestoreTrial | None:
    return RestoreTrial.objects.order_by("-at").first()
