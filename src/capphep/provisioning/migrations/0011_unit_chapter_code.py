"""A change of information may change the chapter; what is open keeps what the customer has."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep_chapters(apps, schema_editor):
    requests = apps.get_model("provisioning", "LicenceRequest")
    customers = apps.get_model("crm", "Customer").objects.filter(pk=OuterRef("customer"))
    open_ones = requests.objects.filter(
        kind="info_change", status__in=["draft", "waiting", "returned"]
    )
    open_ones.update(unit_chapter_code=Subquery(customers.values("chapter_code")[:1]))


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0010_request_sent_index")]
    operations = [
        migrations.AddField(
            model_name="licencerequest",
            name="unit_chapter_code",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=3, verbose_name="Chapter"
            ),
        ),
        migrations.RunPython(keep_chapters, migrations.RunPython.noop),
    ]
