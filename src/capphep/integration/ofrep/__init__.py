"""What a product asks: OFREP 0.3, answered before Django from one row of the database.

`handler.Handler` is a WSGI application for everything under ``/ofrep/``. It takes from the rest of
capphep what a right is (`entitlements.check_rules`), which tokens there are and how often each may
ask; nothing of it passes through Django's requests. docs/ofrep.md says what products see of it.
"""
