"""`./quintet demo`: the main journey, played on the running platform as its users would, over the gateway alone."""
