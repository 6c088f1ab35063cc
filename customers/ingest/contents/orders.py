"""Orders: one row per order line."""

from django.utils.translation import gettext_lazy as _

from customers.ingest.contents.base import CUSTOMER_HEADERS, SKU_HEADERS, Contents, Layout, Reader
from customers.ingest.order_import import OrderReader


class Orders(Contents):
    """Each order becomes an event `Order Completed` with its lines, a cancelled invoice (C…) `Order Refunded`."""

    name = _("Orders")
    rows = _("one row per order line")
    icon = "shopping-cart"
    fields = {
        "order_id": _("Order number"),
        "customer_id": _("Customer number"),
        "time": _("Time of the order"),
        "sku": _("Product number (SKU)"),
        "quantity": _("Quantity"),
        "price": _("Unit price"),
        "amount": _("Amount of the line"),
        "discount": _("Discount of the line"),
        "name": _("Product name"),
        "category": _("Category"),
        "brand": _("Brand"),
        "store": _("Store"),
        "country": _("Country"),
    }
    required = ("order_id", "customer_id", "time", "sku", "quantity", "price")
    instead = {"price": "amount"}
    headers = {
        "order_id": "order_id order_no order_number order invoice_no invoice_number invoice"
        " 订单号 订单编号 订单id 单号",
        "customer_id": CUSTOMER_HEADERS,
        "time": "order_time order_date invoice_date invoice_time purchase_date paid_at created_at timestamp datetime"
        " time date 下单时间 订单时间 订单日期 付款时间 支付时间 交易时间 成交时间 日期 时间",
        "sku": SKU_HEADERS,
        "quantity": "quantity qty units count 数量 购买数量 商品数量 件数",
        "price": "unit_price price 单价 商品单价 价格",
        "amount": "amount line_total line_amount total sales subtotal 金额 实付金额 小计 成交金额",
        "discount": "discount discount_amount 优惠 优惠金额 折扣金额",
        "name": "product_name item_name description product title name 商品名称 商品名 商品标题 品名",
        "category": "category product_category department 品类 类目 商品类目 商品分类 分类",
        "brand": "brand 品牌",
        "store": "store store_id shop 门店 店铺 门店编号",
        "country": "country 国家 国家地区 国家或地区",
    }
    titles = (_("Order"), _("Customer"), _("Time"), _("Product"), _("Quantity"), _("Unit price"), _("Amount"))
    hint = _("A negative quantity cancels where the order number begins with C; an amount will do for the price.")

    def reader(self, layout: Layout) -> Reader:
        return OrderReader(layout)
