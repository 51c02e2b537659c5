"""Customers of the public pools of sales: whose they are is changed here, or refused."""
