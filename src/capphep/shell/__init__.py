"""Layer 8: screens and commands across modules. See README.md."""
