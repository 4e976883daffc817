"""What follows when a mine, its faces or its points change."""
