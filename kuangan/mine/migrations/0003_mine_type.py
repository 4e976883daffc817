from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mine", "0002_class_water_fire"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mineattribute",
            name="name",
            field=models.CharField(
                choices=[
                    ("approved_capacity", "核定（设计）生产能力（万吨/年）"),
                    ("gas_grade", "瓦斯等级"),
                    ("status", "生产建设状态"),
                    ("headcount_limit", "核定下井人数"),
                    ("rock_burst", "冲击地压"),
                    ("standardization_grade", "标准化等级"),
                    ("mine_class", "分类类别"),
                    ("hydrology", "水文地质类型"),
                    ("spontaneous_combustion", "煤层自燃倾向性"),
                    ("mine_type", "开采方式"),
                ],
                max_length=40,
                verbose_name="项目",
            ),
        ),
    ]
