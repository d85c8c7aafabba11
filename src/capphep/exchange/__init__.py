"""Layer 7: Excel in and out. See README.md."""
