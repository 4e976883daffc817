"""Letters are cases: their own table goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("office", "0009_letters_become_cases")]

    operations = [migrations.DeleteModel("Letter")]
