from datetime import timedelta

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from kuangan.core.sealed import seal, unseal

SEALED = ("totp_secret", "totp_pending_secret")
YEAR = timedelta(days=365)


def seal_secrets(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for user in apps.get_model("core", "User").objects.exclude(totp_secret="", totp_pending_secret=""):
        for column in SEALED:
            setattr(user, column, seal(getattr(user, column), f"core_user.{column}/{user.pk}"))
        user.save(update_fields=SEALED)


def open_secrets(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for user in apps.get_model("core", "User").objects.exclude(totp_secret="", totp_pending_secret=""):
        for column in SEALED:
            setattr(user, column, unseal(getattr(user, column), f"core_user.{column}/{user.pk}"))
        user.save(update_fields=SEALED)


def date_what_had_no_date(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Passwords age from today on; keys last a year from their issue; the sessions of before held their keys in clear."""
    apps.get_model("core", "User").objects.exclude(person=None).update(password_set_at=timezone.now())
    apps.get_model("core", "ApiToken").objects.update(expires_at=models.F("issued_at") + YEAR)
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0008_accounts"), ("sessions", "0001_initial")]

    operations = [
        migrations.RunPython(seal_secrets, open_secrets),
        migrations.RunPython(date_what_had_no_date, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(verbose_name="到期时间"),
        ),
    ]
