"""Automatic: the algorithm that suits these customers, by a contest on a sample."""

from dataclasses import asdict, replace

from customers import plugins
from segmentation.segments.algorithms.base import Algorithm, Grouping
from segmentation.segments.contest import contest
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Gaussians, Matrix, Placement

FOLDER = "segmentation.segments.algorithms"
# Those that place everybody in as many groups as are asked for, and so can be compared.
CONTESTANTS = ("kmeans", "mixture", "ward", "genie")


class Auto(Judged):
    """Tries k-means, Gaussian mixture, Ward and Genie, and takes the one whose groups come back most surely and have
    the emptiest space between them. Later runs stay with it."""

    name_zh = "自动选择"
    name_en = "Automatic"
    advice_zh = "不确定用哪种时选它：逐一试算，按稳定性与密度分离度排名。"
    advice_en = "When unsure: each is tried, and ranked by how stable and how well separated its groups are."

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        if start is not None:
            key = "mixture" if isinstance(start, Gaussians) else "kmeans"
            return self._load(key).group(rows, k=k, seed=seed, start=start)
        entries = contest(rows, {key: self._load(key) for key in CONTESTANTS}, k=k, seed=seed)
        winner = entries[0].algorithm
        found = self._load(winner).group(rows, k=k, seed=seed, start=None)
        return replace(found, algorithm=winner, remarks={"contest": [asdict(entry) for entry in entries]})

    def _load(self, key: str) -> Algorithm:
        return plugins.load(FOLDER, key, Algorithm)
