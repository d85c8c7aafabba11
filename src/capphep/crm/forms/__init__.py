"""Forms of the CRM: they read what was typed; rules and writes are elsewhere."""
