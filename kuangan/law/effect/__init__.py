"""What decisions make of a mine: its dated attributes, and what entries, moves and draws say of them."""
