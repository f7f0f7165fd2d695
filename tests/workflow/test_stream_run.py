"""An approved run's files in pieces, on both databases: the bytes that were calculated, and nothing that stays open."""

import io
import zipfile

import pytest

from payroll_service.errors import UnknownRun
from payroll_service.export.payouts_csv import Columns, payouts_csv_parts
from payroll_service.export.payroll_tables import tables_csv, tables_csv_parts
from payroll_service.export.zipped import zip_parts
from payroll_service.workflow import stream_run as pieces
from payroll_service.workflow.calculate_period import result_files
from payroll_service.workflow.make_files import read_tables
from payroll_service.workflow.stream_run import stream_run
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_netting import approve, import_changed, post, run, teacher_row

pytestmark = pytest.mark.slow


def streamed(store, run_id):
    return stream_run(store, BUREAU.bureau, run_id, "会计", NOW, "payouts")


@pytest.fixture
def corrected(store, imported, tmp_path):
    """September approved twice, the second time with more for one teacher: one payee's lines need a column of their own."""
    first = run(store)
    approve(store, first)
    row = teacher_row()
    import_changed(store, tmp_path / "迟到", {("任职", "绩效标准", row): str(post("绩效标准", row) + 100)})
    second = run(store)
    approve(store, second)
    return first, second


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(pieces, "AT_ONCE", 50)


def connections(store) -> int:
    return sum(engine.pool.checkedout() for engine in (store.database.reader, store.database.writer))


def test_the_pieces_make_the_very_bytes_that_were_calculated(store, corrected):
    for finished in corrected:
        found = streamed(store, finished.run.run_id)
        parts = []
        for part in payouts_csv_parts(Columns.of(found.pieces()), found.pieces()):
            assert connections(store) == 0, "nobody waits for whoever fetches slowly"
            parts.append(part)
        assert len(parts) == 1 + -(-len(found.order) // 50) > 10
        assert b"".join(parts) == result_files(finished.calculation)["payouts.csv"]
    assert "应发全额" in parts[0].decode()


def test_the_tables_are_packed_as_they_come(store, corrected):
    run_id = corrected[1].run.run_id
    found = streamed(store, run_id)
    name, payouts = read_tables(store, BUREAU.bureau, run_id, "会计", NOW)
    assert found.name == name
    for is_large in (False, True):
        parts = [*zip_parts(tables_csv_parts(found.name, found.pieces), is_large)]
        with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
            assert archive.testzip() is None
            assert {each: archive.read(each) for each in archive.namelist()} == tables_csv(name, payouts)
        again = zip_parts(tables_csv_parts(found.name, found.pieces), is_large)
        assert b"".join(again) == b"".join(parts)


def test_nothing_streams_before_it_is_approved(store, imported):
    finished = run(store)
    with pytest.raises(UnknownRun, match="没有已审批的批次"):
        streamed(store, finished.run.run_id)
    with store.reading() as session:
        assert session.access.reads(BUREAU.bureau) == []
