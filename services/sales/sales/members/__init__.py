"""Who works on a deal besides its owner."""
