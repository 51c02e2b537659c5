"""What simply happened and is counted: orders, responses, interactions, forms."""
