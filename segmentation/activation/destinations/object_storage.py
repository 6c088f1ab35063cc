"""Object storage (S3 and what speaks its language, such as MinIO): safe CSV, through pyarrow's file systems."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pyarrow import fs

from segmentation import safe_csv
from segmentation.activation.destinations.base import NotTaken, Receipt, Setting, Shipment, Whole
from segmentation.activation.local_files import Fingerprint
from segmentation.webhooks.posting import NotAllowed, resolved, target_of

PLACE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{2,62}(/[\w./=-]*)?")
PATIENCE = 20.0


class ObjectStorage(Whole):
    """Writes one object per delivery; an attempt that is repeated writes the same name again.

    An object is there when it is whole: until the upload is completed nobody can read it.
    """

    name_zh, name_en = "对象存储（S3）", "Object storage (S3)"
    settings = (
        Setting("place", "位置", "Place", "s3://桶/目录", "s3://bucket/folder"),
        Setting(
            "endpoint", "服务地址", "Address of the service", "留空为 AWS；其他服务如 MinIO 填写 https://…",
            "empty for AWS; of another service, such as MinIO, https://…", is_optional=True,
        ),
        Setting("region", "地区", "Region", is_optional=True),
        Setting("access_key", "访问密钥 ID", "Access key"),
        Setting("secret", "访问密钥", "Secret key", is_secret=True),
    )  # fmt: skip

    def deliver(self, shipment: Shipment) -> Receipt:
        path = _path(shipment)
        try:
            with self._storage(shipment).open_output_stream(path) as stream:
                sink = Fingerprint(stream)
                bom = bool(shipment.options.get("bom"))
                rows = safe_csv.write(sink, shipment.header, shipment.rows, bom=bom)
        except OSError as error:
            raise NotTaken(str(error), again=not isinstance(error, FileNotFoundError | PermissionError)) from None
        return Receipt(rows=rows, sha256=sink.digest.hexdigest())

    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        self._storage(shipment).delete_file(_path(shipment))

    def _storage(self, shipment: Shipment) -> fs.FileSystem:
        told = shipment.settings
        return fs.S3FileSystem(
            access_key=told["access_key"],
            secret_key=told["secret"],
            region=told.get("region") or None,
            request_timeout=PATIENCE,
            connect_timeout=PATIENCE,
            **_service(told),
        )


def _service(told: Mapping[str, Any]) -> dict[str, str]:
    """Where another service than AWS is, by the rules of webhooks: in no private network that is not allowed.

    Over plain HTTP, which is for allowed networks alone, it is the very address that was looked at. Over HTTPS the name
    stays, because its certificate is checked: who leads the name elsewhere later has none for it.
    """
    url, networks = told.get("endpoint", ""), told.get("networks", ())
    if not url:
        return {}
    try:
        target = target_of(url, networks)
        if target.path != "/":
            raise NotTaken("https://host:port", again=False)
        address = resolved(target.host, target.port, networks, secure=target.secure)
    except NotAllowed as error:
        raise NotTaken(f"{error.code}: {error.message}", again=False) from None
    except OSError as error:
        raise NotTaken(f"{type(error).__name__}: {error}", again=True) from None
    host = target.host if target.secure else address
    shown = f"[{host}]" if ":" in host else host
    return {"scheme": "https" if target.secure else "http", "endpoint_override": f"{shown}:{target.port}"}


def _path(shipment: Shipment) -> str:
    place = shipment.settings["place"]
    if not PLACE.fullmatch(place) or ".." in place:
        raise NotTaken("s3://bucket/folder", again=False)
    parts = urlsplit(place)
    folder = f"{parts.netloc}{parts.path}".rstrip("/")
    return f"{folder}/{shipment.title}-{shipment.key}.csv"
