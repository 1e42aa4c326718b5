"""Every kind of register can be taken back as a whole; what was changed or used since stays, and is said row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.assistance.models_grants import Grant, Payment
from matching.exchange.models import ImportFinding
from matching.extensions import db
from matching.households.models import Household, TimelineEntry
from matching.offers.models import Offer, OfferArea
from matching.organisations.models import Organisation
from matching.places.models import Area
from tests.conftest import CheckedClient
from tests.exchange.steps import book, bring, brought, confirmed, person, press, worked
from tests.factories import make_need, make_pairing

ClientOf = Callable[[str], CheckedClient]
OFFERS = ["单位名称", "项目", "帮扶类型", "数量", "服务区域"]
PLACES = ["镇街", "村社区", "纬度", "经度"]
AID = ["户编号", "姓名", "救助项目", "金额", "发放时间", "发放单位", "进展情况"]


def offer(title: str, quantity: int = 5, area: str = "双溪镇") -> list[Any]:
    return ["青禾县爱心超市", title, "物资", quantity, area]


def bring_in(client: CheckedClient, kind: str, header: list[str], *rows: list[Any]) -> Any:
    """A register of this kind, read and written."""
    row = worked(bring(client, book(*rows, header=header), kind=kind))
    assert row.state == "ready", row.fault
    row = confirmed(client, row)
    assert row.state == "done", row.fault
    return row


def undone(client: CheckedClient, row: Any) -> Any:
    assert press(client, row, "undo-import").status_code == 302
    row = worked(row.id)
    assert row.state == "undone"
    return row


def picture(*models: Any) -> list[Any]:
    """All rows of these tables, without when they were last written."""
    db.session.expire_all()
    return [[{column.key: getattr(found, column.key) for column in model.__table__.columns
              if column.key != "updated_at"} for found in db.session.scalars(select(model).order_by(
                  *model.__table__.primary_key.columns))] for model in models]


def page_of(client: CheckedClient, row: Any) -> str:
    return str(client.get(f"/exchange/{row.id}/list-import-leftovers").get_data(as_text=True))


@pytest.mark.slow
def test_offers_go_and_changed_ones_say_what_they_said(client_of: ClientOf) -> None:
    client, tables = client_of("county"), (Organisation, Offer, OfferArea)
    bring_in(client, "offers", OFFERS, offer("米面粮油"))
    before = picture(*tables)
    row = bring_in(client, "offers", OFFERS, offer("米面粮油", 9, "双溪镇、石桥镇"), offer("冬季棉被"),
                   ["石桥镇爱心会", "轮椅", "物资", 2, "石桥镇"])
    assert (row.report["created"], row.report["updated"]) == (2, 1)
    assert picture(*tables) != before
    assert undone(client, row).report["left"] == 0
    assert picture(*tables) == before


@pytest.mark.slow
def test_an_offer_that_is_paired_or_was_changed_stays_and_is_named(client_of: ClientOf) -> None:
    client = client_of("county")
    row = bring_in(client, "offers", OFFERS, offer("米面粮油"), offer("冬季棉被"), offer("煤球"))
    offers = {found.title: found for found in db.session.scalars(select(Offer).where(Offer.register_key.is_not(None)))}
    make_pairing(make_need(), offers["米面粮油"])
    offers["冬季棉被"].capacity = 77
    db.session.commit()
    row = undone(client, row)
    assert row.report["left"] == 3  # both, and the organisation that gives them
    page = page_of(client, row)
    for words in ("米面粮油", "别处已经用到", "冬季棉被", "导入以后有人改过", "青禾县爱心超市"):
        assert words in page
    assert "煤球" not in page
    titles = set(db.session.scalars(select(Offer.title).where(Offer.register_key.is_not(None))))
    assert titles == {"米面粮油", "冬季棉被"}


@pytest.mark.slow
def test_points_go_back_and_files_move_with_them(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client))
    home = db.session.scalars(select(Household).where(Household.number == "QH00001")).one()
    before, stood = picture(Area), (home.lat, home.lon, home.precision)
    row = bring_in(client, "places", PLACES, ["双溪镇", "坳下村", 27.61, 113.81], ["双溪镇", "新起村", 27.62, 113.82],
                   ["双溪镇", "", 27.63, 113.83])
    db.session.refresh(home)
    assert (home.lat, home.precision) == (27.61, "village")
    assert undone(client, row).report["left"] == 0
    assert picture(Area) == before
    assert (home.lat, home.lon, home.precision) == stood


@pytest.mark.slow
def test_a_village_that_came_with_a_register_goes_with_it(client_of: ClientOf) -> None:
    client = client_of("county")
    before = picture(Area)
    row = confirmed(client, brought(client, person("QH00001", 1, village="新起村")))
    assert len(picture(Area)[0]) == len(before[0]) + 1
    undone(client, row)
    assert picture(Area) == before


@pytest.mark.slow
def test_aid_goes_and_what_came_since_stays(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client))
    stories = select(func.count()).where(TimelineEntry.kind == "grant.imported")
    bring_in(client, "aid", AID, ["QH00001", "周桂乙", "临时救助", 1000, "2020-03-01", "民政局", "已发放"])
    before, told = picture(Grant, Payment), db.session.scalar(stories)
    lines = [["QH00001", "周桂乙", "临时救助", 1000, "2020-03-01", "民政局", "已完成"],
             ["QH00001", "周桂乙", "临时救助", 1000, "2020-09-01", "民政局", "已发放"],
             ["QH00002", "周桂丁", "教育救助", "0.2万元", "2020-09-01", "教育局", "已发放"]]
    row = bring_in(client, "aid", AID, *lines)
    assert (row.report["created"], row.report["sums"]["created"]) == (2, [2, 300_000])
    assert undone(client, row).report["left"] == 0
    assert picture(Grant, Payment) == before
    assert db.session.scalar(stories) == told
    row = bring_in(client, "aid", AID, *lines)
    payment = db.session.scalars(select(Payment).where(Payment.amount_fen == 200_000)).one()
    payment.progress = "due"
    db.session.commit()
    row = undone(client, row)
    assert row.report["left"] == 2  # the payment, and the grant that it belongs to
    assert "教育救助" in page_of(client, row)


@pytest.mark.slow
def test_a_town_brings_aid_for_its_own_households_only(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client, person("QH00001", 1), person("QH00002", 2, town="石桥镇", village="桥头村")))
    lines = [[number, name, "临时救助", 1000, "2020-03-01", "民政局", "已发放"]
             for number, name in (("QH00001", "周桂乙"), ("QH00002", "周桂丙"))]
    row = bring_in(client_of("town"), "aid", AID, *lines)
    assert (row.report["created"], row.report["rejected"]) == (1, 1)
    fault = db.session.scalars(select(ImportFinding).where(
        ImportFinding.import_id == row.id, ImportFinding.list == "fault")).one()
    assert (fault.kind, fault.data["row"]) == ("out_of_reach", 3)


@pytest.mark.slow
def test_lists_say_when_a_register_is_half_written(client_of: ClientOf) -> None:
    row = brought(client_of("county"))
    words, path = "这里的名单和数字还不全", "/households/list-households"
    assert words not in client_of("town").get(path).get_data(as_text=True)
    for state in ("applying", "undoing"):
        row.state = state
        db.session.commit()
        assert words in client_of("town").get(path).get_data(as_text=True)
        assert words not in client_of("county2").get(path).get_data(as_text=True)
