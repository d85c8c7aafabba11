"""capphep: from an order to a licence and resources in force, exactly once."""
