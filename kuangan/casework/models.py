"""Cases of every procedure: their clocks, moves, papers, notices and findings. Written by ``actions`` only."""

from django.db import models
from django.db.models import F, Q

from kuangan.casework.rule_states import RuleState  # noqa: F401  # registered with the models of this package
from kuangan.core.models import Attachment, Call, Notice, Person, Unit, User
from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from kuangan.mine.models import Mine
from kuangan.monitor.models import Episode
from kuangan.paper.models import Paper


class Case(models.Model):
    """One case of a procedure of the corpus. ``facts`` are what it rests on; ``path`` is the unit's, for scope.

    ``unit`` is what it is about (``mine`` where that is one), more closely a ``person`` there, an ``entry`` of a ledger or a ``duty`` of
    it; ``parent`` is the case that it came from. ``office``: whose person opened it, if somebody did.

    ``taken_over_by``: the office that deals with it in the place of the supervising body, since it took the case over.

    ``told``: the state in which it stands for those from whom internal states are kept; none while they were told of nothing.

    ``seat``: taken by a case of a procedure of which its subject has one at a time, until the matter is over.
    """

    procedure = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    mine = models.ForeignKey(Mine, on_delete=models.PROTECT, null=True, related_name="cases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="cases")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="cases")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="cases")
    office = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    taken_over_by = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=40)
    told = models.CharField(max_length=40, null=True)
    level = models.CharField(max_length=10, blank=True)
    facts = models.JSONField(default=dict)
    corpus_digest = models.CharField(max_length=64)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    seat = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["procedure", "-opened_at"]),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            models.Index(fields=["mine", "procedure", "-opened_at"]),
            models.Index(
                fields=["path", "-opened_at"],
                name="case_path_opened",
                opclasses=["text_pattern_ops", "timestamptz_ops"],
            ),
            models.Index(
                fields=["path", "moved_at"],
                name="case_open_by_path",
                condition=Q(closed_at=None),
                opclasses=["text_pattern_ops", "timestamptz_ops"],
            ),
            models.Index(fields=["duty"], name="case_open_about_duty", condition=Q(closed_at=None, duty__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def the_mine(self) -> Mine:
        """The mine that the case is about. Raises ``LookupError`` where it is about another unit."""
        if self.mine is None:
            raise LookupError(f"{self.number} is about {self.unit}, which is no mine")
        return self.mine


class CaseParty(models.Model):
    """One of those whom a case is against, by the order in which they were named; rows of moves, clocks and papers say ``number``."""

    class Kind(models.TextChoices):
        unit = "unit", "单位"
        person = "person", "个人"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100)
    post = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_party_of_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="parties_count_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseNumber(models.Model):
    """The last serial of a procedure and year; locked while the next is taken."""

    procedure = models.CharField(max_length=40)
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "year"], name="one_series_per_year")]


class CaseMove(models.Model):
    """A move that was made, with what was entered; ``party``: about which party of the case, 0 for none."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=40)
    party = models.PositiveSmallIntegerField(default=0, db_default=0)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    person_name = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=100)
    role = models.CharField(max_length=40)
    acting_for = models.CharField(max_length=100, blank=True)
    certificate = models.CharField(max_length=40, blank=True)
    inputs = models.JSONField(default=dict)
    at = models.DateTimeField()
    attachments = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["case", "at"])]
        ordering = ["at", "pk"]


class CaseClock(models.Model):
    """A deadline or a floor of a case. ``due_at`` is stored when it starts, pauses or resumes; status is derived.

    ``wakes_at`` is the next moment the sweep looks at it: every open clock has one. ``lapsed_at``: the deadline's own moment, once
    it passed unmet; ``noticed_at``: when the sweep saw that. ``tell_at``: the levels above are still to be told, since then.
    ``party``: whose it is, 0 where the case has one for all.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    clock = models.CharField(max_length=40)
    party = models.PositiveSmallIntegerField(default=0, db_default=0)
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    span = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    assumed = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "clock", "-started_at"]),
            models.Index(fields=["wakes_at"], condition=Q(wakes_at__isnull=False), name="clock_wakes"),
            models.Index(fields=["due_at"], condition=Q(stopped_at=None), name="clock_open_due"),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="clock_to_tell"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "party"], condition=Q(stopped_at=None), name="one_running_clock_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_due_after_start"),
        ]


class CaseEpisode(models.Model):
    """An episode that belongs to a case. An episode belongs to one case at a time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="episodes")
    episode = models.OneToOneField(Episode, on_delete=models.PROTECT, related_name="case_link")


class CasePaper(models.Model):
    """A paper that a move produced; ``party``: about which party of the case, 0 for none."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    party = models.PositiveSmallIntegerField(default=0, db_default=0)
    move = models.ForeignKey(CaseMove, on_delete=models.PROTECT, related_name="papers")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="case_link")


class CaseNotice(models.Model):
    """A notice sent on behalf of a case; one that tells of several cases is of each."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="case_link")


class CaseCall(models.Model):
    """A call-until-answered made because a clock of the case lapsed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    clock = models.ForeignKey(CaseClock, on_delete=models.PROTECT, related_name="calls")
    relation = models.CharField(max_length=20)
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="case_link")


class CaseCheck(models.Model):
    """A machine check planted for later: is the power off 30 s after the set-point, was the alarm declared."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    wakes_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["wakes_at"], condition=Q(wakes_at__isnull=False), name="check_wakes")]
        constraints = [models.UniqueConstraint(fields=["episode", "kind"], name="one_check_of_a_kind")]


class Finding(models.Model):
    """What a rule found, with the law by the day of the conduct. ``case`` is the one it opened or joined.

    About a mine, or (``mine`` empty) about another unit.
    """

    rule = models.CharField(max_length=60)
    measure = models.CharField(max_length=10)
    mine = models.ForeignKey(Mine, on_delete=models.PROTECT, null=True, related_name="findings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="findings")
    path = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    reason = models.TextField()
    used = models.JSONField(default=list)
    numbers = models.JSONField(default=dict)
    cites = models.JSONField(default=list)
    corpus_digest = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="findings")

    class Meta:
        indexes = [
            models.Index(fields=["mine", "-found_at"]),
            models.Index(
                fields=["path", "-found_at"], name="finding_path", opclasses=["text_pattern_ops", "timestamptz_ops"]
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(mine__isnull=False, unit__isnull=True) | Q(mine__isnull=True, unit__isnull=False),
                name="finding_about_a_mine_or_a_unit",
            ),
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(revoked_at=None), name="one_finding_of_a_rule_on_a_subject"
            ),
        ]


class Reliance(models.Model):
    """An alarm case that a stop rests on."""

    stop = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reliances")
    alarm = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="relied_on_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stop", "alarm"], name="one_reliance")]
