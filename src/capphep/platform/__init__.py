"""Layer 1: what every module stands on. See README.md."""
