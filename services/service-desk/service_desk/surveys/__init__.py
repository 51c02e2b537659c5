"""How satisfied was the customer? Asked once after every resolved ticket."""
