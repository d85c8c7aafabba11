"""The screens of exchange."""
