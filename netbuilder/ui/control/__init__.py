"""What a person does with runs: start, hold, change, check, queue, and go on with them."""
