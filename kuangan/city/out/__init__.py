"""Out again: everything of a city or a unit that a reader may see, as Excel, JSON Lines and papers as they were frozen, with a manifest."""
