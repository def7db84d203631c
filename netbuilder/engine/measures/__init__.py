"""What metrics count; exported programs copy what they use of it."""
