"""Changes of faces, districts and levels."""
