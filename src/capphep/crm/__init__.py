"""Layer 3: customers, contacts, opportunities, sales projects, orders. See README.md."""
