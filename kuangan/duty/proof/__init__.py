"""What is proven of a duty: by whose word, on which days, and what the level above says of it."""
