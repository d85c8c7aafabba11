from django.db import migrations

SECTORS = [
    "UBND cấp xã",
    "Cơ quan chuyên môn cấp xã",
    "Giáo dục",
    "Y tế",
    "Cơ quan hành chính cấp tỉnh",
    "Tài chính",
    "Tư pháp",
    "Nội vụ",
    "Nông nghiệp và Môi trường",
    "Văn hóa – Thể thao – Du lịch",
    "Khoa học và Công nghệ",
    "Đảng – đoàn thể",
    "Lực lượng vũ trang",
    "Đơn vị sự nghiệp khác",
]


def add_sectors(apps, schema_editor):
    Sector = apps.get_model("crm", "Sector")
    for position, name in enumerate(SECTORS):
        Sector.objects.get_or_create(name=name, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(add_sectors, migrations.RunPython.noop)]
