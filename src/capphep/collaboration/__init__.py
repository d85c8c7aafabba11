"""Layer 7: people with each other. See README.md."""
