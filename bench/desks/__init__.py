"""What `bench desk` is made of."""
