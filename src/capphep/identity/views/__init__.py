"""The screens of administrator accounts."""
