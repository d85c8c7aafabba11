import datetime
import json
from collections import defaultdict

from django.db import migrations

AT_A_TIME = 1000
ONE_DAY = datetime.timedelta(days=1)
TRIALS = ("trial", "trial_end")
GRANT = (
    "subscription_id", "module__code", "resource__code", "kind", "quantity", "first_day",
    "last_day", "request_no",
)


def document(grants):
    """As `check_rules.document` was when this migration was written."""
    by_flag = defaultdict(list)
    for _, module, resource, *grant in grants:
        by_flag[module.lower()].append(grant)
        by_flag[f"{module.lower()}.{resource.lower()}"].append(grant)
    found = {flag: steps(granted, "." not in flag) for flag, granted in by_flag.items()}
    return json.dumps(found, separators=(",", ":"), sort_keys=True)


def steps(grants, is_module):
    days = defaultdict(list)
    trials, withdrawn, net = set(), set(), {}
    for kind, quantity, first_day, last_day, request_no in grants:
        days[first_day].append((request_no, quantity))
        days[last_day + ONE_DAY].append((request_no, -quantity))
        net[request_no] = 0
        if kind in TRIALS:
            trials.add(request_no)
        elif quantity < 0:
            withdrawn.add(first_day)
    found = []
    for day in sorted(days):
        for request_no, quantity in days[day]:
            net[request_no] += quantity
        total = sum(net.values())
        if total > 0:
            behind = [request_no for request_no, left in net.items() if left > 0][-1]
            reason = "trial" if behind in trials else "granted"
        else:
            behind = found[-1][2] if found else ""
            reason = "withdrawn" if day in withdrawn else "expired"
        step = (min(total, 1) if is_module else total, day, behind, reason)
        if not found or (step[0], *step[2:]) != (found[-1][0], *found[-1][2:]):
            found.append(step)
    return [
        [day.isoformat(), quantity, until(quantity, found[at:]), behind, reason]
        for at, (quantity, day, behind, reason) in enumerate(found)
    ]


def until(quantity, from_it_on):
    if quantity <= 0:
        return ""
    return (next(day for less, day, _, _ in from_it_on if less < quantity) - ONE_DAY).isoformat()


def fill(apps, schema_editor):
    """Every subscription that there is, so many at a time: half a million take some minutes."""
    CheckDocument = apps.get_model("entitlements", "CheckDocument")
    Grant = apps.get_model("entitlements", "Grant")
    subscriptions = apps.get_model("entitlements", "Subscription").objects.order_by("id")
    facts = subscriptions.values_list(
        "id", "customer", "product", "version", "customer__budget_code", "product__code"
    )
    last = 0
    while batch := list(facts.filter(id__gt=last)[:AT_A_TIME]):
        granted = defaultdict(list)
        ids = [subscription_id for subscription_id, *_ in batch]
        rows = Grant.objects.filter(subscription__in=ids).order_by("id")
        for grant in rows.values_list(*GRANT):
            granted[grant[0]].append(grant)
        CheckDocument.objects.bulk_create(
            CheckDocument(
                subscription_id=subscription_id,
                customer_id=customer_id,
                product_id=product_id,
                budget_code=budget_code,
                product_code=product_code.lower(),
                version=version,
                document=document(granted[subscription_id]),
            )
            for subscription_id, customer_id, product_id, version, budget_code, product_code in batch
        )
        last = ids[-1]


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0007_check_documents")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
