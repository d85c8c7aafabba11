"""What capphep costs: each module here is one measurement, `./capphep bench NAME` runs it."""
