"""Layer 7: what is printed. See README.md."""
