"""Layer 7: personal data. See README.md."""
