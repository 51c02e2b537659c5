"""What is likely to be won in a month or quarter, who says so, and how that changes from night to night."""
