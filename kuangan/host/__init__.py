"""What runs kuangan on a machine: data folder, embedded PostgreSQL, supervisor, front-end set-up. Knows no Django."""
