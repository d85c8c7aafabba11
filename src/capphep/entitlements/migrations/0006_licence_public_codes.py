import secrets

from django.db import migrations, models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def give_codes(apps, schema_editor):
    """Licences that were issued before have a public address too."""
    licences = apps.get_model("entitlements", "Licence").objects
    for key in list(licences.values_list("pk", flat=True)):
        code = "".join(secrets.choice(ALPHABET) for _ in range(16))
        licences.filter(pk=key).update(public_code=code)


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0005_grants_by_day")]

    operations = [
        migrations.AddField(
            model_name="licence",
            name="public_code",
            field=models.CharField(default="", max_length=16),
            preserve_default=False,
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="licence",
            name="public_code",
            field=models.CharField(max_length=16, unique=True),
        ),
    ]
