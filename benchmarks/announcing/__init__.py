"""What announcing costs: nothing to announce, many posts on many networks, and the memory for it."""
