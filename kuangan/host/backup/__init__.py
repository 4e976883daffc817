"""The daily backup as far as the supervisor knows it: its hour, its folder, its start."""
