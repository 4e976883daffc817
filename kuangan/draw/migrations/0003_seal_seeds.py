from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kuangan.core.sealed import seal, unseal


def seal_seeds(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for draw in apps.get_model("draw", "Draw").objects.all():
        draw.seed = seal(draw.seed, f"draw_draw.seed/{draw.slug}")
        draw.save(update_fields=["seed"])


def open_seeds(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for draw in apps.get_model("draw", "Draw").objects.all():
        draw.seed = unseal(draw.seed, f"draw_draw.seed/{draw.slug}")
        draw.save(update_fields=["seed"])


class Migration(migrations.Migration):
    dependencies = [("draw", "0002_sealed_seed")]

    operations = [migrations.RunPython(seal_seeds, open_seeds)]
