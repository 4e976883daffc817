from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F

from kuangan.law.content import procedures


def tell(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was worked out from the moves at every reading is written down once."""
    case_model, move_model = apps.get_model("casework", "Case"), apps.get_model("casework", "CaseMove")
    inside = {law.id: law.internal_states for law in procedures()}
    hidden = [case for case in case_model.objects.all() if case.state in inside.get(case.procedure, ())]
    case_model.objects.exclude(pk__in=[case.pk for case in hidden]).update(told=F("state"))
    for case in hidden:
        moves = move_model.objects.filter(case=case, target__in=inside[case.procedure])
        entered = moves.exclude(source__in=inside[case.procedure]).order_by("-at", "-pk").first()
        case_model.objects.filter(pk=case.pk).update(told=entered.source if entered else None)


class Migration(migrations.Migration):
    dependencies = [("casework", "0012_taken_over"), ("office", "0009_letters_become_cases")]

    operations = [
        migrations.AddField(model_name="case", name="told", field=models.CharField(max_length=40, null=True)),
        migrations.RunPython(tell, migrations.RunPython.noop, elidable=True),
    ]
