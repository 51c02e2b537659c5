"""Orders placed from won deals: deliveries, instalments, payments, what customers see of them."""
