"""The list of households: reach, filters, the budget at many rows."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import insert, update

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.queries_search import PAGE
from tests.factories import make_household, make_member, make_need
from tests.households.numbers import identity
from tests.people import (
    COMMUNITY_A1A,
    COMMUNITY_A1B,
    COMMUNITY_A2A,
    COMMUNITY_B1A,
    COUNTY_B,
    TOWN_A1,
    TOWN_A2,
)
from tests.statements import selects

LIST = "/households/list-households"


def test_it_shows_the_households_in_reach_and_no_others(client_of):
    here, there = make_household(COMMUNITY_A1A, head_name="蓝桂花"), make_household(COMMUNITY_A2A, head_name="雷春生")
    make_household(COMMUNITY_B1A, head_name="钟外县")
    page = client_of("town").page(LIST)
    assert "蓝桂花" in page.text
    assert "雷春生" not in page.text
    assert f"/households/{here.id}/show-household?why=list" in [href for href, _words in page.links]
    county = client_of("county").page(LIST)
    assert "雷春生" in county.text
    assert "钟外县" not in county.text
    assert client_of("other_town").page(LIST).text.count("雷春生") == 1
    assert there.id


def test_a_line_tells_place_members_open_needs_and_days(client_of):
    household = make_household(COMMUNITY_A1B, head_name="䶮文彬")
    make_member(household)
    today = day_of(utc_now())
    make_need(household, "care", reported_on=today - timedelta(days=12))
    make_need(household, "cash", reported_on=today - timedelta(days=63))
    make_need(household, "goods", reported_on=today - timedelta(days=400), quantity=2, given=2)
    make_need(household, "job", reported_on=today - timedelta(days=500), status="withdrawn")
    page = client_of("other_community").page(LIST)
    row = page.text[page.text.index("䶮文彬"):]
    assert row.startswith(f"䶮文彬 {household.number} 双溪镇上湾村 低保 B 类 2 2 63")


def test_nothing_sensitive_stands_in_the_list(client_of):
    make_member(make_household(phone="13700008123", address="坳下路 7 号"), identity_number=identity(), illness="肝癌")
    text = client_of("county").page(LIST).text
    for hidden in ("13700008123", "8123", "坳下路", identity(), identity()[-4:], "肝癌"):
        assert hidden not in text


def test_filters_by_place_help_and_status(client_of):
    open_one, met = make_household(head_name="盘缺医"), make_household(head_name="盘已帮")
    make_need(open_one, "medical")
    make_need(met, "medical", quantity=1, given=1)
    make_household(COMMUNITY_A2A, head_name="盘外镇", status="reported")
    client = client_of("county")
    by_help = client.page(f"{LIST}?help_type=medical").text
    assert "盘缺医" in by_help
    assert "盘已帮" not in by_help
    assert "1 户还等着就医" in by_help
    by_place = client.page(f"{LIST}?area_code={TOWN_A2}").text
    assert "盘外镇" in by_place
    assert "盘缺医" not in by_place
    assert "石桥镇 / 桥头村" in by_place, "below the chosen town its communities are offered"
    assert "盘外镇" in client.page(f"{LIST}?status=reported").text
    assert "没有符合的家庭" in client.page(f"{LIST}?status=archived").text


@pytest.mark.parametrize("area", [COUNTY_B, COMMUNITY_B1A, "97", "abc", "9701010"])
def test_an_area_out_of_reach_is_not_there(client_of, area):
    make_household(COMMUNITY_B1A)
    assert client_of("county").get(f"{LIST}?area_code={area}").status_code == 404


def found(client, written, **more):
    """Heads of the households that a word finds, in order."""
    page = client.page(f"{LIST}?{urlencode({'written': written, **more})}")
    return [words for href, words in page.links if "show-household" in href]


def test_names_are_found_whole_first_and_then_by_their_beginning(client_of):
    make_member(make_household(head_name="欧阳海", number="QH-77"), name="欧阳小梅")
    make_household(head_name="欧阳海波")
    make_household(head_name="司马一")
    client = client_of("county")
    assert found(client, "欧阳海") == ["欧阳海", "欧阳海波"]
    assert "“欧阳”找到 2 户" in client.page(f"{LIST}?written=欧阳").text
    page = client.page(f"{LIST}?written=欧阳小梅")
    assert "欧阳海 QH-77 家里人：欧阳小梅" in page.text, "it says by whom the file was found"
    assert found(client, "QH-77") == found(client, "qh77") == ["欧阳海"]
    assert "没有符合的家庭" in client.page(f"{LIST}?written=%25").text, "a sign of LIKE is a letter like any other"


@pytest.mark.parametrize(("name", "written"), [
    ("王秀兰", "wangxiulan"), ("王秀兰", "wang xiu lan"), ("王秀兰", "Wáng Xiùlán"), ("王秀兰", "\uff37\uff38\uff2c"),
    ("王秀兰", "wxl"), ("王秀兰", "wangx"), ("单桂花", "shanguihua"), ("曾国强", "zgq"), ("曾国强", "zengguoqiang"),
    ("仇海燕", "qiuhaiyan"), ("尉迟恭", "yuchigong"), ("长孙小妹", "zhangsun"), ("吕布", "lü bu"), ("吕布", "lubu"),
    ("张乐", "zhangyue"), ("𬭎文彬", "𬭎"), ("𬭎文彬", "hongwenbin"), ("李㛃", "李㛃"), ("李㛃", "lijie"),
    ("䶮文彬", "䶮文"), ("䶮文彬", "ywb"), ("阿依古丽·买买提", "阿依古丽买买提"), ("阿依古丽·买买提", "阿依古丽·买"),
    ("阿依古丽·买买提", "ayiguli")])
@pytest.mark.slow
def test_names_are_found_by_their_sound_and_with_rare_characters(client_of, name, written):
    make_household(head_name="何不是他")
    home = make_household(head_name="罗家里")
    make_member(home, name=name)
    make_household(head_name=name)
    assert sorted(found(client_of("town"), written)) == sorted([name, "罗家里"])


@pytest.mark.slow
def test_a_changed_name_or_number_is_found_and_the_old_one_is_not(client_of):
    home = make_household(head_name="旧名字", number="A-1")
    member = make_member(home, name="老名字")
    client = client_of("town")
    home.head_name = home.members[0].name = "新名字"
    home.number, member.name = "B-2", "又一个"
    assert found(client, "旧名字") == found(client, "老名字") == found(client, "A-1") == []
    assert found(client, "xmz") == found(client, "又一个") == found(client, "b2") == ["新名字"]
    home.area_code = COMMUNITY_A2A
    assert found(client, "新名字") == []
    assert found(client_of("other_town"), "新名字") == ["新名字"]
    db.session.delete(member)
    assert found(client_of("other_town"), "又一个") == []


def test_people_written_many_at_once_are_found_too(client_of):
    home = make_household(head_name="罗多人")
    db.session.execute(insert(Member), [{"household_id": home.id, "name": name, "seal": bytes(16), "policies": []}
                                        for name in ("覃一", "覃二")])
    assert found(client_of("town"), "qiny") == found(client_of("town"), "覃二") == ["罗多人"]


@pytest.mark.slow
def test_a_family_of_one_surname_is_one_line_on_one_page(client_of):
    for number in range(PAGE):
        home = make_household(head_name=f"钟甲{number:03}")
        make_member(home, name=f"钟乙{number:03}")
    client, seen, address = client_of("town"), [], f"{LIST}?written=钟"
    while address:
        page = client.page(address)
        seen += [words for href, words in page.links if "show-household" in href]
        address = next((href for href, words in page.links if words == "下一页"), None)
    assert len(seen) == len(set(seen)) == PAGE
    assert "“钟”找到 40 户" in client.page(f"{LIST}?written=钟").text


def test_filters_hold_while_a_name_is_looked_for(client_of):
    make_household(head_name="盘一", category="tekun")
    make_need(make_household(head_name="盘二"), "job")
    make_household(head_name="盘三", status="surveyed")
    client = client_of("county")
    assert found(client, "盘", category="tekun") == ["盘一"]
    assert found(client, "盘", help_type="job") == ["盘二"]
    assert found(client, "盘", status="surveyed") == ["盘三"]
    assert found(client, "盘", area_code=TOWN_A2) == []


def test_orders_by_waiting_and_by_newest(client_of):
    today = day_of(utc_now())
    long_ago, lately, none = (make_household(head_name=name) for name in ("盘久等", "盘刚等", "盘不缺"))
    make_need(lately, "care", reported_on=today - timedelta(days=3))
    make_need(lately, "job", reported_on=today - timedelta(days=1))
    make_need(long_ago, "care", reported_on=today - timedelta(days=90))
    make_need(none, "care", given=1, reported_on=today - timedelta(days=200))
    client = client_of("town")

    def heads(query):
        return [words for href, words in client.page(f"{LIST}?{query}").links if "show-household" in href]

    assert heads("sort=waiting") == ["盘久等", "盘刚等"]
    assert heads("sort=waiting&help_type=job") == ["盘刚等"]
    assert heads("sort=newest")[:3] == ["盘不缺", "盘刚等", "盘久等"]
    assert "2 户还有需求没着落" in client.page(f"{LIST}?sort=waiting").text


def test_archived_files_are_shown_only_when_asked_for(client_of):
    make_household(head_name="盘归档", status="archived")
    client = client_of("town")
    assert "盘归档" not in client.page(LIST).text
    assert found(client, "盘归档") == []
    assert "盘归档" in client.page(f"{LIST}?status=archived").text


def test_an_empty_county_says_what_to_do_next(client_of):
    page = client_of("other_town").page(LIST)
    assert "这里还没有档案" in page.text
    assert "/households/add-household" in [href for href, _words in page.links]
    auditor = client_of("auditor").page(LIST)
    assert "/households/add-household" not in [href for href, _words in auditor.links]


def many_households(count: int) -> None:
    now, places = utc_now(), (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A)
    db.session.execute(insert(Household), [
        {"number": f"N-{i:06}", "county_code": "970101", "area_code": places[i % 3],
         "head_name": f"罗建业{i}", "category": "dibao_b", "status": "verified", "created_at": now, "updated_at": now,
         "seal": bytes(16)} for i in range(count)])
    ids = [row.id for row in db.session.execute(db.select(Household.id).where(Household.number.startswith("N-")))]
    db.session.execute(insert(Member), [
        {"household_id": i, "position": p, "name": f"罗{p}", "seal": bytes(16)} for i in ids for p in (1, 2, 3)])
    db.session.execute(insert(Need), [
        {"household_id": i, "help_type": "care", "sequence": 1, "quantity": 1, "urgency": 2,
         "reported_on": day_of(now), "created_at": now} for i in ids])


@pytest.mark.slow
def test_pages_stay_within_the_budget(client_of):
    many_households(300)
    client = client_of("county")
    for query in ("", "sort=newest", "sort=waiting", "written=lj", "category=dibao_b", "written=罗建业",
                  "written=罗建业7", f"area_code={TOWN_A2}&help_type=care&status=verified"):
        with selects() as seen:
            page = client.get(f"{LIST}?{query}")
        assert page.status_code == 200
        assert len(seen) <= 6, (query, seen)
        assert len(page.data) <= 40_000, (query, len(page.data))


@pytest.mark.parametrize("query", [
    "", "sort=newest", "sort=waiting", "written=罗建业", "help_type=care", "written=luojianye", f"area_code={TOWN_A2}",
    "sort=waiting&help_type=care", "status=verified", "category=dibao_b"])
@pytest.mark.slow
def test_every_row_is_shown_once_on_the_way_there_and_back(client_of, query):
    many_households(130)
    client, there, address = client_of("county"), [], f"{LIST}?{query}"
    while address:
        page = client.page(address)
        there.append([href for href, _words in page.links if "show-household" in href])
        address, here = next((href for href, words in page.links if words == "下一页"), None), address
    rows = [row for page in there for row in page]
    assert len(rows) == len(set(rows)) >= (43 if TOWN_A2 in query else 130)
    assert {len(page) for page in there[:-1]} <= {PAGE}
    back = []
    while here:
        page = client.page(here)
        back.append([href for href, _words in page.links if "show-household" in href])
        here = next((href for href, words in page.links if words == "上一页"), None)
    assert back[::-1] == there


@pytest.mark.slow
def test_a_page_stays_where_it_is_while_files_come_in(client_of):
    many_households(100)
    client = client_of("county")
    second = next(href for href, words in client.page(LIST).links if words == "下一页")
    before = [words for href, words in client.page(second).links if "show-household" in href]
    for _ in range(30):
        make_household(COMMUNITY_A1A)
    db.session.execute(update(Household).where(Household.number == "N-000000").values(status="archived"))
    after = [words for href, words in client.page(second).links if "show-household" in href]
    assert after == before


@pytest.mark.parametrize("position", ["nonsense", "W10", "WyJhIiwiYiJd", "W251bGwsbnVsbF0", "WyIAIiwxXQ",
                                      "WyI5IiwxMDAwMDAwMDAwMDAwMDAwMDAwMDAwMF0"])
@pytest.mark.parametrize("sort", ["place", "newest", "waiting", "place&written=罗"])
@pytest.mark.parametrize("way", ["before", "after"])
@pytest.mark.slow
def test_a_position_that_is_none_shows_the_first_page(client_of, position, sort, way):
    make_need(make_household(head_name="罗第一"))
    assert "罗第一" in client_of("county").page(f"{LIST}?sort={sort}&{way}={position}").text


def shown(client, **asked):
    """Heads that the list shows under these filters."""
    return sorted(words for href, words in client.page(f"{LIST}?{urlencode(asked)}").links if "show-household" in href)


@pytest.mark.slow
def test_where_a_need_stands_and_how_long_it_waits_can_be_chosen(client_of):
    today = day_of(utc_now())
    for head, status, need in (
            ("盘刚报", "reported", {"status": "reported"}), ("盘待审", "surveyed", {"status": "verified"}),
            ("盘没有", "verified", {}), ("盘一半", "verified", {"quantity": 4, "given": 2}),
            ("盘全有", "verified", {"given": 1}), ("盘收齐", "verified", {"given": 1, "received": 1}),
            ("盘办完", "verified", {"status": "met"})):
        days = 100 if head == "盘一半" else 5
        make_need(make_household(head_name=head, status=status), "job", reported_on=today - timedelta(days=days),
                  **need)
    make_need(make_household(head_name="盘别的"), "care")
    client = client_of("county")
    assert shown(client, help_type="job") == ["盘一半", "盘没有"]
    for state, heads in {
            "reported": ["盘刚报"], "verified": ["盘待审"], "open": ["盘没有"], "partly_paired": ["盘一半"],
            "paired": ["盘全有"], "fulfilled": ["盘收齐"], "closed": ["盘办完"], "withdrawn": [],
            "nonsense": ["盘一半", "盘没有"],
            "any": ["盘一半", "盘全有", "盘刚报", "盘办完", "盘待审", "盘收齐", "盘没有"]}.items():
        assert shown(client, help_type="job", need_state=state) == sorted(heads), state
    assert shown(client, help_type="job", waited="90") == ["盘一半"]
    assert shown(client, help_type="any", waited="7") == ["盘一半", "盘别的"]
    assert shown(client, need_state="open") == ["盘别的", "盘没有"]
    assert shown(client, help_type="job", need_state="reported", sort="waiting") == ["盘刚报"]
    assert shown(client, help_type="job", waited="90", written="盘") == ["盘一半"]
    assert shown(client, help_type="job", waited="٣") == ["盘一半", "盘没有"], "no day of ours"


@pytest.mark.slow
def test_what_is_chosen_stays_in_the_address_and_can_be_taken_off(client_of):
    for number in range(PAGE + 1):
        make_need(make_household(head_name=f"盘{number:03}", category="tekun"), "job")
    kept = {"area_code": TOWN_A1, "help_type": "job", "need_state": "open", "waited": "7", "category": "tekun",
            "status": "verified"}
    page = client_of("county").page(f"{LIST}?{urlencode({**kept, 'sort': 'waiting'})}")
    chosen = {field: value for form in page.forms for field, value in form.values.items() if field in kept}
    assert chosen == kept
    following = next(href for href, words in page.links if words == "下一页")
    assert {name: value for name, value in parse_qsl(urlsplit(following).query) if name in kept} == kept
    links = {words: href for href, words in page.links}
    for words, name in {"地点：双溪镇×": "area_code", "需要哪种帮助：就业×": "help_type",
                        "这项需求办到哪一步：等结对×": "need_state", "等了多久：一周以上×": "waited",
                        "低保或特困类别：特困供养×": "category", "这户核实到哪一步：已核实×": "status"}.items():
        rest = dict(parse_qsl(urlsplit(links[words]).query))
        assert rest == {**{other: value for other, value in kept.items() if other != name}, "sort": "waiting"}, name
    assert links["清除全部条件"] == f"{LIST}?sort=waiting"
    assert "清除全部条件" not in client_of("county").page(LIST).text


@pytest.mark.slow
def test_what_is_chosen_outlives_a_change_of_language(client_of):
    make_need(make_household(head_name="盘一"), "job")
    client, address = client_of("county"), f"{LIST}?help_type=job&waited=7&sort=waiting"
    form = client.page(address).form("/choose-language")
    answer = client.post("/choose-language", data={**form.values, "language": "en"})
    assert dict(parse_qsl(urlsplit(answer.location).query)) == dict(parse_qsl(urlsplit(address).query))
    page = client.page(answer.location)
    assert [words for href, words in page.links if "show-household" in href] == ["盘一"]
    assert "Waiting for: A week or more×" in [words for _href, words in page.links]
