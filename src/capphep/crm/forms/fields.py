"""What the CRM's forms are made of."""

from capphep.platform.record_forms import CodeField, RecordForm, key_of

__all__ = ["CodeField", "RecordForm", "key_of"]
