"""What `bench.audit` runs in processes of its own."""
