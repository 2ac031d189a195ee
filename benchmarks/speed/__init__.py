"""What announcing costs: with nothing to announce, and with many posts on many networks."""
