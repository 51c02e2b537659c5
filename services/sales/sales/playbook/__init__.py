"""The playbook: what helps to sell, by stage, product, competitor and industry."""
