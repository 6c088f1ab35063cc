"""A web address that takes customers in batches, signed as https://www.standardwebhooks.com asks for."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from segmentation.activation.destinations.base import Batched, NotTaken, Parcel, Setting
from segmentation.safe_csv import LIST_SEPARATOR, Cell
from segmentation.webhooks.posting import post
from segmentation.webhooks.signing import headers


class Webhook(Batched):
    """Posts parcels as JSON. The receiver tells repeats by `webhook-id`, which stays the same when one is repeated."""

    name_zh, name_en = "Webhook（批量）", "Webhook, in batches"
    settings = (
        Setting("url", "地址", "Address", "以 https:// 开头", "begins with https://"),
        Setting("secret", "签名密钥", "Signing secret", "以 whsec_ 开头", "begins with whsec_", is_secret=True),
    )
    parcel_size = 500

    def send(self, parcel: Parcel) -> Mapping[int, str]:
        rows = [
            {"change": change, **dict(zip(parcel.header, map(_plain, cells), strict=True))}
            for _id, change, cells in parcel.rows
        ]
        body = json.dumps({"delivery": parcel.delivery, "customers": rows}, ensure_ascii=False).encode()
        now = datetime.fromtimestamp(time.time(), UTC)
        try:
            signed = headers(parcel.key, body, [parcel.settings["secret"]], now)
        except ValueError:
            raise NotTaken("whsec_…?", again=False) from None
        told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "SegTag/1", **signed}
        answer = post(parcel.settings["url"], body, told, parcel.settings.get("networks", ()))
        if not answer.taken:
            again = answer.status in {0, 408, 425, 429} or answer.status >= 500
            blocked = answer.error.startswith("address_not_allowed")
            raise NotTaken(answer.error or f"HTTP {answer.status}", again=again and not blocked)
        return {}


def _plain(cell: Cell) -> str | int | float | bool | None:
    if cell is None or isinstance(cell, str | int | float | bool):
        return cell
    return LIST_SEPARATOR.join(cell) if isinstance(cell, list | tuple) else str(cell)
