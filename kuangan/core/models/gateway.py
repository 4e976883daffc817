"""Ways that messages leave the platform as they were set up here, and what a person says about being reached."""

from django.db import models
from django.db.models import Q

from kuangan.core.models.channel import Channel
from kuangan.core.models.post import ROLE_CHOICES, Person
from kuangan.core.models.unit import Unit


class Gateway(models.Model):
    """One way that was set up: the file of the grammar it follows and its settings. Its secrets lie in a file, not here.

    ``rank``: which of several of one channel is asked first. ``unit``: whose work group it writes to, for robots.
    """

    kind = models.CharField("类型", max_length=40)
    name = models.CharField("名称", max_length=40, unique=True)
    channel = models.CharField("方式", max_length=12, choices=Channel.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="工作群所属单位")
    settings = models.JSONField("设置", default=dict)
    rank = models.PositiveSmallIntegerField("次序", default=1)
    enabled = models.BooleanField("启用", default=False)
    changed_at = models.DateTimeField("设置时间")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(channel=Channel.group) | Q(unit__isnull=False), name="gateway_of_a_group_names_its_unit"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ContactAddress(models.Model):
    """Where a person is reached beside the phone: an e-mail address, or the user id of a work app."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_addresses", verbose_name="人员")
    channel = models.CharField("方式", max_length=12, choices=Channel.choices)
    address = models.CharField("地址", max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "channel"), name="contact_address_once"),)

    def __str__(self) -> str:
        return f"{self.person} {self.get_channel_display()}"


class QuietHours(models.Model):
    """Hours of the day in which a person, or whoever holds a role, gets no message that can wait; never for red, never on shift.

    ``ends`` before ``begins`` runs over midnight.
    """

    person = models.OneToOneField(Person, models.CASCADE, null=True, related_name="quiet_hours", verbose_name="人员")
    role = models.CharField("角色", max_length=30, choices=ROLE_CHOICES, blank=True)
    begins = models.TimeField("开始")
    ends = models.TimeField("结束")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(person__isnull=False) & Q(role="")) | (Q(person__isnull=True) & ~Q(role="")),
                name="quiet_hours_of_a_person_or_a_role",
            ),
            models.UniqueConstraint(fields=("role",), condition=~Q(role=""), name="quiet_hours_of_a_role_once"),
        )

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}—{self.ends:%H:%M}"
