"""A deadline lapses at its own moment, beside which stands when that was noticed; one notice may tell of several cases."""

import django.db.models.deletion
from django.db import migrations, models

_OWN_MOMENT = """
UPDATE casework_caseclock SET noticed_at = lapsed_at, lapsed_at = least(lapsed_at, due_at) WHERE lapsed_at IS NOT NULL
"""


class Migration(migrations.Migration):
    """Adds the moments of noticing and telling; clocks that have lapsed keep when they were seen to."""

    dependencies = [
        ("casework", "0004_finding_about_a_unit"),
    ]

    operations = [
        migrations.AddField(
            model_name="caseclock",
            name="noticed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="caseclock",
            name="tell_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="caseclock",
            index=models.Index(
                condition=models.Q(("tell_at__isnull", False)), fields=["tell_at"], name="clock_to_tell"
            ),
        ),
        migrations.AlterField(
            model_name="casenotice",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="case_link", to="core.notice"
            ),
        ),
        migrations.RunSQL(_OWN_MOMENT, migrations.RunSQL.noop),
    ]
