"""Layer 2: products, packages, modules, resources, items, eligibility. See README.md."""
