"""Whether the platform and the gateway can work."""
