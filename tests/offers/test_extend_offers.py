"""A new last day for several offers at once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.days import today
from tests.factories import make_offer, make_organisation
from tests.people import COUNTY_B

EXTEND, OURS = "/offers/extend-offers", "/offers/our-offers"


def test_a_provider_prolongs_several_of_its_own(client_of, people):
    offers = [make_offer(people.charity.organisation_id, ends_on=today(-days)) for days in (1, 2, 3)]
    answer = client_of("charity").send(OURS, action=EXTEND, ends_on=str(today(200)),
                                       offer_ids=[str(offer.id) for offer in offers[:2]])
    assert answer.location == OURS
    db.session.expire_all()
    assert [offer.ends_on == today(200) for offer in offers] == [True, True, False]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "offer.extend")).all()
    assert [entry.object_id for entry in entries] == [offer.id for offer in offers[:2]]
    assert entries[0].changes == {"ends_on": [str(today(-1)), str(today(200))]}


@pytest.mark.parametrize("username", ["charity", "town"])
def test_one_strange_offer_among_them_stops_all(client_of, people, username):
    own = make_offer(people.charity.organisation_id, ends_on=today(-1))
    strange = make_offer(make_organisation(COUNTY_B), ends_on=today(-1))
    page = OURS if username == "charity" else "/offers?show=ended"
    answer = client_of(username).send(page, action=EXTEND, ends_on=str(today(200)),
                                       offer_ids=[str(own.id), str(strange.id)])
    assert answer.status_code == 404
    db.session.expire_all()
    assert own.ends_on == strange.ends_on == today(-1)


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "said"), [
    ({"offer_ids": []}, "请先勾选要延长的资源"), ({"ends_on": ""}, "请写日期"),
    ({"ends_on": "2026-01-01"}, "已经过去了"),
    ({"ends_on": "2097-01-01"}, "还没开始")])
def test_what_is_wrong_is_said(client_of, people, answers, said):
    offer = make_offer(people.charity.organisation_id, starts_on=date(2098, 1, 1))
    client = client_of("charity")
    answer = client.send(OURS, action=EXTEND, **{"offer_ids": [str(offer.id)], "ends_on": str(today(200)), **answers})
    assert said in client.page(answer.location).text
    db.session.expire_all()
    assert offer.ends_on is None


@pytest.mark.parametrize("username", ["auditor", "household", "socialworker", "admin"])
def test_others_prolong_nothing(client_of, username):
    client = client_of(username)
    token = client.page("/todo").form("/choose-language").values["csrf_token"]
    assert client.post(EXTEND, data={"csrf_token": token}).status_code == 403
