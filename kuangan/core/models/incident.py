"""What is wrong with the platform itself or with what it was sent: said once, kept until it is over."""

from django.db import models
from django.db.models import Q

INCIDENT_WORDS = {
    "backup_failed": "备份未完成",
    "backup_keyless": "密钥未备份",
    "certificate_ends": "证书将到期",
    "clock_moved": "平台时钟异常",
    "disk_forecast": "磁盘将满",
    "disk_full": "磁盘空间不足",
    "feed_codes": "测点编码不符",
    "feed_refused": "上传文件被拒收",
    "feed_unreadable": "测点数据无法识别",
    "history_damaged": "历史数据损坏",
    "history_write": "历史数据不能写入",
    "journal_damaged": "接收日志损坏",
    "journal_gap": "接收日志缺失",
    "journal_write": "接收日志不能写入",
    "law_update": "法规更新未能采用",
    "logs_cut": "运行日志提前删除",
    "local_answer": "本地取值答复不能读取",
    "late_unjudged": "迟到数据未判定",
    "message_failed": "消息未能送达",
    "mine_clock": "煤矿时钟异常",
    "process_hung": "进程无响应",
    "row_refused": "数据无法处理",
    "seal_missing": "操作记录未封存",
    "standby_late": "备机落后",
    "snapshot_damaged": "判定快照损坏",
    "trail_broken": "操作记录不符",
}
"""Every kind of incident and its Chinese words."""


class Incident(models.Model):
    """One trouble, from its first sign to its end. There is at most one open incident of a kind and key.

    ``kind`` says what went wrong (see ``INCIDENT_WORDS``), ``key`` what it concerns (a mine, a file, a span, a process);
    ``text`` is Chinese: what, where, and what to do. ``count`` counts its signs.
    """

    kind = models.CharField("类别", max_length=40)
    key = models.CharField("对象", max_length=120)
    text = models.TextField("说明")
    began_at = models.DateTimeField("开始时间", db_index=True)
    last_at = models.DateTimeField("最近出现时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    count = models.PositiveIntegerField("次数", default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "key"), condition=Q(ended_at__isnull=True), name="incident_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def word(self) -> str:
        """The kind in Chinese."""
        return INCIDENT_WORDS[self.kind]
