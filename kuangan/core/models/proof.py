"""What somebody looked at who confirms what another unit says."""

from django.db import models


class LookedAt(models.TextChoices):
    """What the confirming body looked at."""

    file = "file", "材料原件"
    photograph = "photograph", "现场照片、视频"
    reading = "reading", "监测数据"
    place = "place", "现场"
