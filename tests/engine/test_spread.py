"""Wherever markets are solved, the result is the same bytes; who dies in the middle costs nothing but time."""

import os
import random
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from matching.cli_match import on_cluster
from matching.engine import pair_files, read_needs, read_offers, stand_files
from matching.engine.islands import apart
from matching.engine.pairing import graph_of, solve_files, types_of
from matching.engine.verify import verify_files
from tests.engine.markets import NEED_HEAD, OFFER_HEAD, write_county


@pytest.fixture
def country(tmp_path, monkeypatch):
    """Six counties, a hundred kilometres and more from each other: every type falls into parts."""
    monkeypatch.setattr("matching.engine.islands.PAIRS_A_BUNDLE", 60)
    lines = {"needs": [NEED_HEAD], "offers": [OFFER_HEAD]}
    for county in range(6):
        for path in write_county(tmp_path, county, needs=120, offers=30):
            for line in path.read_text().splitlines()[1:]:
                key, kind, lat, rest = line.split(",", 3)
                lines[path.stem].append(f"{county}{key},{kind},{float(lat) + 2 * county:.6f},{rest}")
    for name, some in lines.items():
        random.Random(1).shuffle(rest := some[1:])
        (tmp_path / f"{name}.csv").write_text("\n".join([some[0], *rest, ""]))
    return tmp_path


def paired(folder, **options):
    """Pairs and prices, as bytes."""
    pair_files(folder / "needs.csv", folder / "offers.csv", folder / "pairs.csv", prices_path=folder / "prices.csv",
               **options)
    return (folder / "pairs.csv").read_bytes(), (folder / "prices.csv").read_bytes()


def processes(workers):
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def nothing_is_solved_here(monkeypatch):
    """Whoever solves in this process from now on fails; workers have modules of their own."""
    def fail(*_given):
        raise AssertionError("solved here")

    monkeypatch.setattr("matching.engine.assignment.settle_needs", fail)


class Forgetful(Executor):
    """Does some of what it is told, loses some, and at last takes nothing any more."""

    def __init__(self):
        self.told = 0

    def submit(self, act, /, *given, **named):
        self.told += 1
        if self.told > 8:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        if self.told % 3 == 0:
            future.cancel()
            future.set_running_or_notify_cancel()
        elif self.told % 3 == 1:
            future.set_exception(ConnectionResetError("the worker is gone"))
        else:
            future.set_result(act(*given, **named))
        return future


@pytest.mark.slow
def test_a_country_falls_into_parts_and_the_plan_is_the_best(country):
    needs, offers = read_needs(country / "needs.csv"), read_offers(country / "offers.csv")
    for rows in types_of(needs, offers):
        _, _, graph = graph_of(needs, offers, *rows)
        parts = apart(graph)
        assert len(parts) >= 5
        assert sorted(np.concatenate([part.pairs for part in parts]).tolist()) == list(range(len(graph.other)))
    paired(country, workers=2)
    verdict = verify_files(*(str(country / f"{name}.csv") for name in ("needs", "offers", "pairs", "prices")))
    assert (verdict.faults, verdict.gap) == ([], 0)
    plan, standing = solve_files(needs, offers), stand_files(needs, offers)
    assert plan.weight == verdict.weight
    again = standing.plan()
    order = np.lexsort((plan.offer, plan.need))
    assert (plan.units[order] == again.units).all()
    assert (plan.offer[order] == again.offer).all()


def test_a_market_that_hangs_together_is_not_split(country, monkeypatch):
    write_county(country, 3, needs=300, offers=60)
    needs, offers = read_needs(country / "needs.csv"), read_offers(country / "offers.csv")
    assert [apart(graph_of(needs, offers, *rows)[2]) for rows in types_of(needs, offers)] == [[], [], []]


def test_what_an_executor_loses_is_done_here(country, caplog):
    assert paired(country, executor=Forgetful()) == paired(country)
    assert "the worker is gone" in caplog.text
    assert "cannot schedule new futures" in caplog.text


@pytest.mark.slow
def test_one_two_and_three_processes_give_the_same_bytes(country, monkeypatch):
    here = paired(country)
    nothing_is_solved_here(monkeypatch)
    for workers in (1, 2, 3):
        with processes(workers) as pool:
            assert paired(country, executor=pool) == here


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_changes_nothing(country):
    here = paired(country)
    with processes(2) as pool:
        list(pool.map(time.sleep, [0.3, 0.3]))  # both are there: the pool breaks badly while it starts another one

        def kill():
            while not pool._pending_work_items:
                time.sleep(0.001)
            os.kill(next(iter(pool._processes)), signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        assert paired(country, executor=pool) == here
        killer.join()
        with pytest.raises(Exception, match="terminated abruptly"):
            pool.submit(os.getpid).result()


@pytest.mark.slow
def test_a_fairer_plan_is_the_same_elsewhere(tmp_path):
    write_county(tmp_path, 5, needs=60, offers=20, areas=True)
    here = paired(tmp_path, fairness=0.01)
    assert paired(tmp_path, fairness=0.01, executor=Forgetful()) == here


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """Certificates in files, named as docs/engine.md tells."""
    distributed = pytest.importorskip("distributed", reason="requirements-cluster.txt is not installed")
    config = pytest.importorskip("dask").config
    keys, names = distributed.Security.temporary(), {"CA_FILE": "tls_ca_file"}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        names |= {f"{role}__CERT": f"tls_{role.lower()}_cert", f"{role}__KEY": f"tls_{role.lower()}_key"}
    for name, attribute in names.items():
        (tmp_path / f"{name}.pem").write_text(getattr(keys, attribute))
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(tmp_path / f"{name}.pem"))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "True")
    config.refresh()
    yield distributed
    monkeypatch.undo()
    config.refresh()


@pytest.mark.slow
def test_a_dask_cluster_with_tls_loses_a_worker(country, tls, monkeypatch):
    here = paired(country)
    for workers in (1, 2, 3):
        with tls.LocalCluster(n_workers=workers, threads_per_worker=1, security=tls.Security(), protocol="tls://",
                              dashboard_address=None) as cluster, on_cluster(cluster.scheduler_address) as executor:
            assert cluster.scheduler_address.startswith("tls://")
            with monkeypatch.context() as patched:
                nothing_is_solved_here(patched)
                assert paired(country, executor=executor) == here
            if workers == 3:
                with tls.Client(cluster.scheduler_address) as client:
                    victim = next(iter(client.run(os.getpid).values()))
                killer = threading.Timer(0.05, os.kill, (victim, signal.SIGKILL))
                killer.start()
                assert paired(country, executor=executor) == here
                killer.join()
