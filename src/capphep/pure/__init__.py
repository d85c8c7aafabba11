"""Layer 0: calculations that know no framework, no clock and no I/O."""
