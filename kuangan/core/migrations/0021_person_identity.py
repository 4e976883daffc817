from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0020_key_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="number",
            field=models.CharField(blank=True, db_default="", default="", max_length=20, verbose_name="人员编号"),
        ),
        migrations.AddField(
            model_name="person",
            name="identity",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="公民身份号码（密文）"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="identity_digest",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64, verbose_name="公民身份号码摘要"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="person_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("identity_digest", ""), _negated=True),
                fields=("identity_digest",),
                name="person_identity_once",
            ),
        ),
    ]
