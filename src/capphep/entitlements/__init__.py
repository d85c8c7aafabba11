"""Layer 4: subscriptions, the ledger of grants, balances, licences. See README.md."""
