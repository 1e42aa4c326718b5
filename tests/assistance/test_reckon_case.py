"""A case reckoned by the county's standards of a day: sum, facts, who decides; only the look is kept."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from matching.assistance.models import PolicyVersion
from matching.assistance.models_grants import Grant
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from tests.factories import make_household
from tests.people import COMMUNITY_A2A, COUNTY_A


def write(policy: str, amounts: dict[str, int], starts_on: date = date(2026, 1, 1), **fields) -> None:
    db.session.add(PolicyVersion(county_code=COUNTY_A, policy=policy, starts_on=starts_on, amounts=amounts,
                                 written_at=utc_now(), **fields))
    db.session.flush()


def test_a_home_above_the_cap_is_the_familys_for_the_rest(client_of):
    write("housing", {"cap": 8_000_000}, categories=["dibao_b"])
    home = make_household(housing="grade_d")
    client = client_of("community")
    page = client.page(f"/assistance/{home.id}/reckon-case?policy=housing&cost=120000&on=2026-11-01")
    for words in ("可以给：一次 80,000 元", "造价 120,000 元，上限 80,000 元，自家出 40,000 元",
                  "谁来批：区县批"):
        assert words in page.text
    assert db.session.scalar(select(func.count()).select_from(Grant)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(
        AuditEntry.household_id == home.id, AuditEntry.action == "household.open")) == 1


def test_a_month_before_the_standard_has_none(client_of):
    write("temporary", {"illness_critical": 400_000}, date(2026, 9, 1))
    home = make_household()
    path = f"/assistance/{home.id}/reckon-case?policy=temporary&cause=illness&severity=critical&on="
    assert "2026-08-31 没有这项政策的标准" in client_of("town").page(path + "2026-08-31").text
    page = client_of("town").page(path + "2026-09-01")
    assert "一次 4,000 元" in page.text
    assert "谁来批：镇街批" in page.text


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["cost=&on=2026-11-01", "cost=-1&on=2026-11-01", "cost=1.005&on=2026-11-01",
                                   "cost=很多&on=2026-11-01", "cost=1&on=昨天", "cost=1&on="])
def test_what_cannot_be_reckoned_is_said_at_its_field(client_of, asked):
    write("medical", {"threshold": 0, "cap": 100, "dibao_percent": 70})
    answer = client_of("county").get(f"/assistance/{make_household().id}/reckon-case?policy=medical&{asked}")
    assert "jd-fault" in answer.text
    assert "可以给" not in answer.text


def test_without_standards_it_says_so_and_out_of_reach_it_is_not_there(client_of):
    home, far = make_household(), make_household(COMMUNITY_A2A)
    assert "还没有定这几项的标准" in client_of("community").page(f"/assistance/{home.id}/reckon-case").text
    assert client_of("community").get(f"/assistance/{far.id}/reckon-case").status_code == 404
    answer = client_of("auditor").get(f"/assistance/{home.id}/reckon-case")
    assert answer.location == f"/households/{home.id}/open-household"
