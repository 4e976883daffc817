"""How far the sweep has come where rows carry no due time of their own, and regroupings that wait for a second person."""

from django.db import models

from kuangan.casework.models import Case
from kuangan.core.models import User
from kuangan.monitor.models import Episode


class Progress(models.Model):
    """The highest primary key a sweep has dealt with."""

    name = models.CharField(max_length=40, unique=True)
    reached = models.BigIntegerField(default=0)


class Regrouping(models.Model):
    """Joining a case into another, or splitting an episode off: proposed by one person, confirmed by another."""

    class Kind(models.TextChoices):
        """What is to be done."""

        joining = "join", "并案"
        splitting = "split", "拆分"

    kind = models.CharField(max_length=10, choices=Kind)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="regroupings")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="join", target__isnull=False, episode=None)
                | models.Q(kind="split", target=None, episode__isnull=False),
                name="regrouping_names_what_it_moves",
            ),
        ]
