"""The people of the house who sell: a copy of the gateway's users."""
