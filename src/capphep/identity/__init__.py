"""Layer 4: administrator accounts at the customers. See README.md."""
