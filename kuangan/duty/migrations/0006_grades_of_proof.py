"""Grades of proof: of each credit and duty; those there are graded by their source. On which days standing evidence holds."""

import django.db.models.deletion
from django.db import migrations, models

_MACHINE = "UPDATE duty_fulfilment SET grade = 'machine' WHERE source = 'auto'"
_ACCEPTED = """
UPDATE duty_fulfilment f SET grade = 'accepted'
  FROM duty_duty d, core_unit o, ledger_entry e, core_unit k
 WHERE f.source = 'entry' AND d.id = f.duty_id AND o.id = d.unit_id
   AND e.serial = CASE WHEN f.source = 'entry' THEN f.key::bigint END AND e.superseded_at IS NULL
   AND k.id = e.unit_id AND k.id <> o.id AND left(o.path, length(k.scope_path)) = k.scope_path
   AND CASE k.kind WHEN 'county_bureau' THEN 1 WHEN 'county_government' THEN 1 WHEN 'city_coal_section' THEN 2
            WHEN 'city_bureau' THEN 2 WHEN 'city_government' THEN 2 WHEN 'inspectorate' THEN 3 ELSE 0 END
     > CASE o.kind WHEN 'county_bureau' THEN 1 WHEN 'county_government' THEN 1 WHEN 'city_coal_section' THEN 2
            WHEN 'city_bureau' THEN 2 WHEN 'city_government' THEN 2 WHEN 'inspectorate' THEN 3 ELSE 0 END
"""
_HOLDS = """
UPDATE duty_fulfilment f SET holds_from = e."on", holds_until = e.until
  FROM duty_duty d, ledger_entry e
 WHERE f.source = 'entry' AND d.id = f.duty_id
   AND e.serial = CASE WHEN f.source = 'entry' THEN f.key::bigint END AND e.superseded_at IS NULL
   AND d.obligation IN (
        'alarm_handling_regime_city_coal_section',
        'alarm_handling_regime_county_bureau',
        'commissioners_at_every_mine',
        'disaster_control_regime_city_coal_section',
        'disaster_control_regime_county_bureau',
        'disaster_control_regime_mine',
        'dual_prevention_regime_mine',
        'emergency_organisation_standing',
        'emergency_plan_standing',
        'emergency_response_regime_city_bureau',
        'emergency_response_regime_county_bureau',
        'emergency_response_regime_county_government',
        'emergency_response_regime_mine',
        'first_responsible_controller',
        'first_responsible_in_charge',
        'first_responsible_legal',
        'five_person_group_formed',
        'geology_regime_mine',
        'hazard_supervision_regime_city_coal_section',
        'hazard_supervision_regime_county_bureau',
        'hidden_factors_regime_city_coal_section',
        'no_concealment_regime_city_coal_section',
        'no_concealment_regime_county_bureau',
        'no_concealment_regime_mine',
        'posted_responsibility_kept',
        'rescue_team_standing',
        'risk_analysis_regime_city_coal_section',
        'risk_analysis_regime_county_bureau',
        'safety_commitment_standing',
        'succession_imbalance_regime_city_coal_section',
        'supervision_subject_fixed')
"""
_DUTIES = """
UPDATE duty_duty d SET grade = CASE WHEN g.machine >= d.needed THEN 'machine' ELSE 'accepted' END
  FROM (SELECT duty_id, count(*) AS better, count(*) FILTER (WHERE grade = 'machine') AS machine
          FROM duty_fulfilment WHERE grade <> 'self' AND revoked_at IS NULL GROUP BY duty_id) g
 WHERE g.duty_id = d.id AND d.done_at IS NOT NULL AND g.better >= d.needed
"""


class Migration(migrations.Migration):
    """Adds grades, days, subjects and judgements."""

    dependencies = [
        ("core", "0014_form_marks"),
        ("duty", "0005_checkin_key_expiry"),
        ("ledger", "0005_import_reading"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="grade",
            field=models.CharField(
                choices=[("self", "自报"), ("accepted", "经核实"), ("machine", "机器核对")],
                db_default="self",
                default="self",
                max_length=8,
                verbose_name="证明程度",
            ),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="about",
            field=models.CharField(blank=True, db_default="", max_length=60, verbose_name="所涉对象"),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="grade",
            field=models.CharField(
                choices=[("self", "自报"), ("accepted", "经核实"), ("machine", "机器核对")],
                db_default="self",
                default="self",
                max_length=8,
                verbose_name="证明程度",
            ),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="holds_from",
            field=models.DateField(null=True, verbose_name="有效期自"),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="holds_until",
            field=models.DateField(null=True, verbose_name="有效期至"),
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="核实时间")),
                ("confirmed", models.BooleanField(verbose_name="属实")),
                (
                    "sight",
                    models.CharField(
                        choices=[
                            ("file", "材料原件"),
                            ("photograph", "现场照片、视频"),
                            ("reading", "监测数据"),
                            ("place", "现场"),
                        ],
                        max_length=12,
                        verbose_name="查看方式",
                    ),
                ),
                ("opinion", models.CharField(max_length=300, verbose_name="核实意见")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="失效时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.user",
                        verbose_name="核实人",
                    ),
                ),
                (
                    "fulfilment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgements",
                        to="duty.fulfilment",
                        verbose_name="依据",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.unit",
                        verbose_name="核实单位",
                    ),
                ),
            ],
        ),
        migrations.RunSQL([_MACHINE, _ACCEPTED, _HOLDS, _DUTIES], migrations.RunSQL.noop),
    ]
