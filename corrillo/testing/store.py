"""What every store has to keep: inherit ``StoreContract`` and say how yours is opened.

class TestMyStore(StoreContract):
    @pytest.fixture
    def reopen(self, tmp_path):
        return lambda: MyStore(tmp_path / "mine", ZONES, lambda: NOW)

    @pytest.fixture
    def store(self, reopen):
        store = reopen()
        yield store
        store.close()

    @pytest.fixture
    def elsewhere(self, tmp_path):
        return lambda: MyStore(tmp_path / "other", ZONES, lambda: NOW)

``ZONES`` and ``NOW`` are in ``corrillo.testing.mentions``.
"""

from __future__ import annotations

from corrillo.testing.store_attention import AttentionRules
from corrillo.testing.store_backup import BackupRules
from corrillo.testing.store_base import StoreFixtures
from corrillo.testing.store_counting import CountingRules
from corrillo.testing.store_days import DayCountRules
from corrillo.testing.store_detection import DetectionRules
from corrillo.testing.store_erasing import ErasingRules
from corrillo.testing.store_finding import FindingRules
from corrillo.testing.store_grouping import GroupingRules
from corrillo.testing.store_incidents import IncidentRules
from corrillo.testing.store_keeping import KeepingRules
from corrillo.testing.store_notices import NoticeRules
from corrillo.testing.store_paging import PagingRules
from corrillo.testing.store_retention import RetentionRules
from corrillo.testing.store_work import WorkRules
from corrillo.testing.store_writing import WritingRules


class StoreContract(
    WritingRules,
    FindingRules,
    PagingRules,
    CountingRules,
    DayCountRules,
    KeepingRules,
    BackupRules,
    RetentionRules,
    ErasingRules,
    GroupingRules,
    DetectionRules,
    IncidentRules,
    AttentionRules,
    WorkRules,
    NoticeRules,
):
    """The rules for stores."""


__all__ = ["StoreContract", "StoreFixtures"]
