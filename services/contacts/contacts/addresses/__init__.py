"""Where people and companies are: typed postal addresses, one of them the primary one."""
