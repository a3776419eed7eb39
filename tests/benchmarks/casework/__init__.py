"""What staff wait for."""
