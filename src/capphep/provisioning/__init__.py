"""Layer 5: licence requests, their module lines and evidence. See README.md."""
