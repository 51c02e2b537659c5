"""The few columns of the contacts service that tickets show: names of the people who ask."""
