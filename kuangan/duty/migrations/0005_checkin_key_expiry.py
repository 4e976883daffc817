"""Keys of programs expire; those there are hold a year from their issue, and a month from now at least."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TERM = """
UPDATE duty_checkintoken SET expires_at = greatest(created_at + interval '1 year', now() + interval '30 days')
WHERE expires_at IS NULL
"""


class Migration(migrations.Migration):
    """Adds issuer and end of validity."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("duty", "0004_administrators"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkintoken",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签发人",
            ),
        ),
        migrations.AddField(
            model_name="checkintoken",
            name="expires_at",
            field=models.DateTimeField(null=True, verbose_name="到期时间"),
        ),
        migrations.RunSQL(_TERM, migrations.RunSQL.noop),
    ]
