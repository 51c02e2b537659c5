"""Why leads are lost or put aside: the house's list, and how often each was given."""
