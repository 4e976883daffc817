"""What is noted of running the platform itself."""
