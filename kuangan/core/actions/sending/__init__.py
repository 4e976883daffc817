"""How messages are sent: whom a notice reaches, and the gateways that are set up."""
