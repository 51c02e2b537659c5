"""Tags of seven kinds, given by hand and by rule."""
