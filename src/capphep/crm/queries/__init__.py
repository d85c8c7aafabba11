"""Reads of the CRM: who may see what is decided here."""
