"""Exports asked for on the page: written beside the sweep's rounds, packed into one file, kept for some days, given to who asked alone."""

import logging
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.city.models import DataExport, ExportState
from kuangan.city.out.exporting import export_to
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import visible_paths
from kuangan.flow.credit import imports

log = logging.getLogger("kuangan.sweep")
KEPT: Final = timedelta(days=3)
MOST_ATTEMPTS: Final = 3
FOLDER: Final = "exports"


def export_path(export: DataExport) -> Path:
    """Where the packed export lies."""
    return Path(settings.DATA.root) / FOLDER / f"{export.pk}.zip"


@transaction.atomic
def ask_export(*, actor: User, unit: Unit | None = None, at: datetime | None = None) -> DataExport:
    """Ask for everything that one sees, of a unit where it is named. Refused without sight, and while one's last export is under way."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if not visible_paths(actor):
        raise Refused("您的岗位不查看业务数据，没有可导出的内容。")
    if DataExport.objects.filter(by=actor, state=ExportState.waiting).exists():
        raise Refused("您的上一次导出还在进行，请等它完成后再提出。")
    export = DataExport.objects.create(by=actor, unit=unit, at=at or clock.now())
    data = {"unit": unit.code if unit else ""}
    record(actor=actor, action="export_asked", subject=("city.dataexport", export.pk), data=data, at=export.at)
    return export


def start_exports(at: datetime) -> int:
    """Have waiting exports written, unless a sheet or another export is under way; old ones go. Nothing of it is done in the round itself."""
    old = DataExport.objects.filter(state=ExportState.ready, ended_at__lte=at - KEPT)
    if old.exists():
        for export in old:
            export_path(export).unlink(missing_ok=True)
            DataExport.objects.filter(pk=export.pk).update(state=ExportState.gone)
    if DataExport.objects.filter(state=ExportState.waiting).exists():
        imports.start_beside(work_waiting)
    return 0


def work_waiting() -> None:
    """Every export that waits, one after the other."""
    for export in (
        DataExport.objects.filter(state=ExportState.waiting).select_related("by__person", "unit").order_by("pk")
    ):
        attempts = export.attempts + 1
        DataExport.objects.filter(pk=export.pk).update(attempts=attempts)
        try:
            _work(export)
        except Refused as refused:
            _end(export, ExportState.failed, note=refused.message[:300])
        except Exception:
            log.exception("export %s failed", export.pk)
            if attempts >= MOST_ATTEMPTS:
                _end(export, ExportState.failed, note=f"处理 {attempts} 次均未完成，请联系系统管理员查看运行日志。")


def _work(export: DataExport) -> None:
    def tell(title: str, done: int) -> None:
        DataExport.objects.filter(pk=export.pk).update(stage=f"{title}（已写 {done} 个文件）"[:60])

    target = export_path(export)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        folder = Path(made) / "export"
        code = export.unit.code if export.unit else ""
        manifest = export_to(folder, reader=export.by, unit_code=code, tell=tell)
        packed = Path(made) / "export.zip"
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
        shutil.rmtree(folder)
        packed.replace(target)
    size = target.stat().st_size
    trouble = "；".join(manifest["trouble"])[:300]
    _end(export, ExportState.ready, note=trouble, files=len(manifest["files"]), size=size, digest=manifest["digest"])


def _end(export: DataExport, state: ExportState, **said: object) -> None:
    DataExport.objects.filter(pk=export.pk).update(state=state, ended_at=clock.now(), stage="", **said)
