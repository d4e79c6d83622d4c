from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("menus", "0001_initial"),
        ("sponsors", "0002_ledger_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="sleeve",
            name="line_rebalancing",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "Never: the weight drifts with prices"),
                    ("calendar", "Once a year, back to the target"),
                    ("threshold", "When the weight leaves its band"),
                    ("sell_down", "Once a year, sell what is above the cap"),
                ],
                help_text="With both doors open: the rule of the line.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="sleeve",
            name="max_age",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Oldest age at which the crypto line is open; empty for no bound.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="sleeve",
            name="min_age",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Youngest age at which the crypto line is open; empty for no bound.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="sleeve",
            name="kind",
            field=models.CharField(
                choices=[
                    ("crypto_line", "A crypto ETP as a line of the menu"),
                    ("target_date", "A crypto weight inside the target-date series"),
                    ("both", "Both doors, against one cap"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="sleeve",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "both"), ("line_rebalancing__gt", "")),
                    models.Q(models.Q(("kind", "both"), _negated=True), ("line_rebalancing", "")),
                    _connector="OR",
                ),
                name="sleeve_line_rule_with_both_doors",
            ),
        ),
        migrations.AddConstraint(
            model_name="sleeve",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_age", None),
                    ("max_age", None),
                    ("max_age__gte", models.F("min_age")),
                    _connector="OR",
                ),
                name="sleeve_ages_in_order",
            ),
        ),
    ]
