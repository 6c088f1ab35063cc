"""Object storage (S3 and what speaks its language): safe CSV, through pyarrow's file systems."""

import hashlib
import re
from urllib.parse import urlsplit

from pyarrow import fs

from segmentation import safe_csv
from segmentation.activation.destinations.base import NotTaken, Receipt, Setting, Shipment, Whole

PLACE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{2,62}(/[\w./=-]*)?")
PATIENCE = 20.0


class ObjectStorage(Whole):
    """Writes one object per delivery; an attempt that is repeated writes the same name again.

    An object is there when it is whole: until the upload is completed nobody can read it.
    """

    name_zh, name_en = "对象存储（S3）", "Object storage (S3)"
    settings = (
        Setting("place", "位置", "Place", "s3://桶/目录", "s3://bucket/folder"),
        Setting("region", "地区", "Region", is_optional=True),
        Setting("access_key", "访问密钥 ID", "Access key"),
        Setting("secret", "访问密钥", "Secret key", is_secret=True),
    )

    def deliver(self, shipment: Shipment) -> Receipt:
        path = _path(shipment)
        try:
            storage, digest = self._storage(shipment), hashlib.sha256()
            with storage.open_output_stream(path) as stream:
                rows = safe_csv.write(_Both(stream, digest), shipment.header, shipment.rows)
        except OSError as error:
            raise NotTaken(str(error), again=True) from None
        return Receipt(rows=rows, sha256=digest.hexdigest())

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
        )


class _Both:
    """Passes bytes on and keeps their fingerprint."""

    def __init__(self, stream: "object", digest: "hashlib._Hash") -> None:
        self.stream = stream
        self.digest = digest

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self.stream.write(data)  # type: ignore[attr-defined]  # a stream of pyarrow


def _path(shipment: Shipment) -> str:
    place = shipment.settings["place"]
    if not PLACE.fullmatch(place) or ".." in place:
        raise NotTaken("s3://bucket/folder", again=False)
    parts = urlsplit(place)
    folder = f"{parts.netloc}{parts.path}".rstrip("/")
    return f"{folder}/{shipment.title}-{shipment.key}.csv"
