"""What `./capphep bench offline` is made of."""
