"""A won deal becomes an entitlement and an onboarding ticket."""
