"""Layer 7: API tokens. See README.md."""
