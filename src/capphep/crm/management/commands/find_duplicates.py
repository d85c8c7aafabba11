"""`./capphep find_duplicates`: which customers look like one unit entered twice (D1)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from capphep.crm.actions.duplicates import find_pairs
from capphep.crm.models import DuplicatePair


class Command(BaseCommand):
    help = "Note every pair of customers that look alike, to be judged on screen; safe to run again"

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_pairs()
        waiting = DuplicatePair.objects.filter(is_open=True).count()
        self.stdout.write(f"{found} new pairs; {waiting} wait to be judged")
