from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kuangan.core.trail.protect import allow_changes, refuse_changes, revoke_changes


def protect(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    refuse_changes(schema_editor.connection)
    revoke_changes(schema_editor.connection, settings.APP_ROLE)


def expose(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(protect, expose)]
