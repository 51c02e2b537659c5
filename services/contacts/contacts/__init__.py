"""Contacts: the people and companies that every department shares."""
