"""Reads of what people say and plan; who may see it follows from the record that it is about."""
