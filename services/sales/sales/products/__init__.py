"""The catalogue: categories, products with variants and packs, price books, bundles and what goes with what, stock."""
