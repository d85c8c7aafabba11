"""The screens of the privacy module."""
