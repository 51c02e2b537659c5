"""Products, what goes together, price books, stock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "price_books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_price_books_valid_to"),
        sa.PrimaryKeyConstraint("id", name="pk_price_books"),
        sa.UniqueConstraint("name", name="uq_price_books_name"),
    )
    op.create_index("ix_price_books_created_at_id", "price_books", ["created_at", "id"], unique=False)
    op.create_index("ix_price_books_currency_segment", "price_books", ["currency", "segment"], unique=False)
    op.create_table(
        "product_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["product_categories.id"], name="fk_product_categories_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_product_categories"),
    )
    op.create_index("ix_product_categories_created_at_id", "product_categories", ["created_at", "id"], unique=False)
    op.create_index(
        "uq_product_categories_parent_id_name",
        "product_categories",
        ["parent_id", "name"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("packs", postgresql.JSONB(), nullable=False),
        sa.Column("variant_of", sa.Uuid(), nullable=True),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("tax_percent BETWEEN 0 AND 100", name="ck_products_tax_percent"),
        sa.ForeignKeyConstraint(["category_id"], ["product_categories.id"], name="fk_products_category_id"),
        sa.ForeignKeyConstraint(["variant_of"], ["products.id"], name="fk_products_variant_of"),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.UniqueConstraint("code", name="uq_products_code"),
    )
    op.create_index("ix_products_category_id", "products", ["category_id"], unique=False)
    op.create_index("ix_products_created_at_id", "products", ["created_at", "id"], unique=False)
    op.create_index("ix_products_name_id", "products", ["name", "id"], unique=False)
    op.create_index("ix_products_search_grams", "products", ["search_grams"], unique=False, postgresql_using="gin")
    op.create_index("uq_products_variant_of_options", "products", ["variant_of", "options"], unique=True)
    op.create_table(
        "bundle_parts",
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_bundle_parts_quantity"),
        sa.ForeignKeyConstraint(["bundle_id"], ["products.id"], name="fk_bundle_parts_bundle_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_bundle_parts_product_id"),
        sa.PrimaryKeyConstraint("bundle_id", "product_id", name="pk_bundle_parts"),
    )
    op.create_index("ix_bundle_parts_product_id", "bundle_parts", ["product_id"], unique=False)
    op.create_table(
        "prices",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("min_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("min_quantity >= 0", name="ck_prices_min_quantity"),
        sa.CheckConstraint("unit_price >= 0", name="ck_prices_unit_price"),
        sa.ForeignKeyConstraint(["book_id"], ["price_books.id"], name="fk_prices_book_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_prices_product_id"),
        sa.PrimaryKeyConstraint("book_id", "product_id", "min_quantity", name="pk_prices"),
    )
    op.create_index("ix_prices_product_id", "prices", ["product_id"], unique=False)
    op.create_table(
        "product_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('requires', 'excludes')", name="ck_product_rules_kind"),
        sa.CheckConstraint("product_id <> other_id", name="ck_product_rules_other"),
        sa.ForeignKeyConstraint(["other_id"], ["products.id"], name="fk_product_rules_other_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name="fk_product_rules_product_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_rules"),
    )
    op.create_index("ix_product_rules_created_at_id", "product_rules", ["created_at", "id"], unique=False)
    op.create_index("ix_product_rules_other_id", "product_rules", ["other_id"], unique=False)
    op.create_index("uq_product_rules_product_id_other_id", "product_rules", ["product_id", "other_id"], unique=True)
    op.create_table(
        "stock_levels",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name="ck_stock_levels_on_hand"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_stock_levels_product_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id", name="pk_stock_levels"),
    )


def downgrade() -> None:
    op.drop_table("stock_levels")
    op.drop_index("uq_product_rules_product_id_other_id", table_name="product_rules")
    op.drop_index("ix_product_rules_other_id", table_name="product_rules")
    op.drop_index("ix_product_rules_created_at_id", table_name="product_rules")
    op.drop_table("product_rules")
    op.drop_index("ix_prices_product_id", table_name="prices")
    op.drop_table("prices")
    op.drop_index("ix_bundle_parts_product_id", table_name="bundle_parts")
    op.drop_table("bundle_parts")
    op.drop_index("uq_products_variant_of_options", table_name="products")
    op.drop_index("ix_products_search_grams", table_name="products", postgresql_using="gin")
    op.drop_index("ix_products_name_id", table_name="products")
    op.drop_index("ix_products_created_at_id", table_name="products")
    op.drop_index("ix_products_category_id", table_name="products")
    op.drop_table("products")
    op.drop_index(
        "uq_product_categories_parent_id_name", table_name="product_categories", postgresql_nulls_not_distinct=True
    )
    op.drop_index("ix_product_categories_created_at_id", table_name="product_categories")
    op.drop_table("product_categories")
    op.drop_index("ix_price_books_currency_segment", table_name="price_books")
    op.drop_index("ix_price_books_created_at_id", table_name="price_books")
    op.drop_table("price_books")
