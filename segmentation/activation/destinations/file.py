"""A file to download: safe CSV."""

from segmentation import safe_csv
from segmentation.activation.destinations.base import Receipt, Shipment, Whole
from segmentation.activation.local_files import Fingerprint, place_for, whole_or_nothing


class File(Whole):
    """Streams the rows into a temporary file and gives it its name when it is whole and on the disk."""

    name_zh, name_en = "CSV 文件", "CSV file"

    def deliver(self, shipment: Shipment) -> Receipt:
        path = place_for(shipment, "csv")
        with whole_or_nothing(path) as file:
            sink = Fingerprint(file)
            bom = bool(shipment.options.get("bom"))
            rows = safe_csv.write(sink, shipment.header, shipment.rows, bom=bom)
        return Receipt(rows=rows, sha256=sink.digest.hexdigest(), path=path.name)

    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        (shipment.folder / receipt.path).unlink(missing_ok=True)
