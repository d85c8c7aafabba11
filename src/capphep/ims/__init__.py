"""Layer 6: the licence officer's desk. See README.md."""
