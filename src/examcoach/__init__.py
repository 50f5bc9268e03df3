"""examcoach: read exam questions like a top scorer."""

__version__ = "0.1.0"
