"""A file to download: an Excel workbook, in which no cell is a formula."""

from segmentation.activation import workbook
from segmentation.activation.destinations.base import Receipt, Shipment, Whole
from segmentation.activation.local_files import Fingerprint, place_for, whole_or_nothing


class Xlsx(Whole):
    """Streams the rows into a workbook; more than a sheet holds go on in the next."""

    name_zh, name_en = "Excel 文件（XLSX）", "Excel file (XLSX)"

    def deliver(self, shipment: Shipment) -> Receipt:
        path = place_for(shipment, "xlsx")
        with whole_or_nothing(path) as file:
            sink = Fingerprint(file)
            rows = workbook.write(sink, shipment.header, shipment.rows)
        return Receipt(rows=rows, sha256=sink.digest.hexdigest(), path=path.name)

    def take_back(self, shipment: Shipment, receipt: Receipt) -> None:
        (shipment.folder / receipt.path).unlink(missing_ok=True)
