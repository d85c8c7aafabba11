"""Layer 7: what managers see. See README.md."""
