"""The word indexes: every word in any order, the last as a prefix, in step whatever happens."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capphep.crm.models import Contact, Customer
from capphep.platform import word_index, word_search
from capphep.platform.word_search import holding
from capphep.pure.folding import words_of
from tests import factories

NAMES = ("UBND Xã Đông Hải", "Trường TH Đông Hà", "hd/12 a.vn 'x' \\ 100%", "Trạm Y tế P.5")
asked = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from([word for name in NAMES for word in words_of(name)]), max_size=4).map(
        " ".join
    ),
)


def found(text: str) -> set[str]:
    return set(holding(Customer.objects.all(), text).values_list("budget_code", flat=True))


def by_hand(text: str) -> set[str]:
    if not text.strip():
        return set(Customer.objects.values_list("budget_code", flat=True))
    if not words_of(text):
        return set()
    *whole, last = words_of(text)
    is_prefix = not last.isdecimal() or len(last) > 2
    keys = {
        code: words_of(key)
        for code, key in Customer.objects.values_list("budget_code", "search_key")
    }
    return {
        code
        for code, words in keys.items()
        if set(whole) <= set(words)
        and any(word == last or (is_prefix and word.startswith(last)) for word in words)
    }


@pytest.fixture
def units(db: None) -> None:
    for at, name in enumerate(NAMES):
        factories.customer(f"100000{at}", name)


@given(text=asked)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_finds_what_reading_every_row_would(units: None, text: str) -> None:
    assert found(text) == by_hand(text)


@pytest.mark.parametrize("least", [0, 2])
def test_common_words_are_found_the_other_way_round_alike(
    units: None, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr(word_search, "FOUND_AT_MOST", least)
    monkeypatch.setattr(word_search, "COMMON", least)
    for unit in Customer.objects.all():
        factories.contact(unit)
    for text in ("dong", "đông hải", "p5", "truong", "nothing"):
        rows = holding(Customer.objects.all(), text)
        in_order = rows.order_by("-created_at", "-pk").values_list("budget_code", flat=True)
        assert set(in_order) == found(text) == by_hand(text)
        assert rows.order_by()[:3].count() == len(by_hand(text))
        people = holding(Contact.objects.order_by("-pk"), text, "customer__search_key")
        assert {one.customer.budget_code for one in people} == by_hand(text)


@pytest.mark.postgresql
def test_of_more_than_can_be_handed_on_the_index_is_asked_again(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "_KEYS_AT_MOST", 1)
    for text in ("dong", "đông hải", "nothing"):
        assert found(text) == by_hand(text)


def test_a_rollback_and_a_removal_take_the_words_along(transactional_db: None) -> None:
    unit = factories.customer("1000009", "Trường Mầm non Hoa Sen")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Customer.objects.filter(pk=unit.pk).update(search_key="hoa hong")
        assert not found("sen")
        raise ZeroDivisionError
    assert found("mầm non hoa s") == {"1000009"} and not found("hong")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        factories.customer("1000010", "Hoa Sen 2")
        raise ZeroDivisionError
    unit.delete()
    assert not found("sen")
    assert word_index.is_in_step("crm_customer")


@pytest.mark.sqlite
def test_a_rebuilt_table_gets_its_triggers_back_with_the_migrations(units: None) -> None:
    assert word_index.indexed_tables() == [
        *("crm_customer", "crm_opportunity", "crm_order", "crm_salesproject"),
        "identity_adminaccount",
    ]
    with connection.cursor() as cursor:
        for event in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER crm_customer_words_{event}")
    Customer.objects.filter(budget_code="1000000").update(search_key="khac")
    assert not word_index.is_in_step("crm_customer")
    assert not found("khac")
    call_command("migrate", verbosity=0)
    assert word_index.is_in_step("crm_customer")
    assert found("khac") == {"1000000"}


@pytest.mark.postgresql
def test_the_index_answers_what_is_rare_and_the_order_of_the_list_what_is_common(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Customer.objects.order_by("-created_at", "-pk")
    with CaptureQueriesContext(connection) as asked:
        holding(rows, "đông h")
    monkeypatch.setattr(word_search, "COMMON", 0)
    common = holding(rows, "đông h")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        assert "crm_customer_words" in str(cursor.fetchall())
    assert "crm_customer_words" not in common[:50].explain()
    assert "crm_customer_words" in common.order_by()[:50].explain()
