"""Bringing papers in: from camera and file, once, within bounds, encrypted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matching import vault
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.households import service_papers as papers
from matching.households.models_papers import Paper
from matching.households.service_images import Clean
from matching.jobs import forget_strays
from tests.factories import make_household, make_import, make_paper, make_user
from tests.households.pictures import photo, upload
from tests.people import COMMUNITY_A1A

GPS_PHOTO = photo(gps=True)


def kept(household) -> list[Paper]:
    return list(db.session.scalars(select(Paper).where(Paper.household_id == household.id).order_by(Paper.id)))


def path_of(household) -> str:
    return f"/households/{household.id}/add-paper"


@pytest.mark.slow
def test_photos_from_camera_and_file_are_kept_in_the_vault_and_in_the_story(client_of, people):
    household, client = make_household(), client_of("community")
    member = household.members[0]
    answer = client.send(path_of(household), kind="diagnosis", member=str(member.id), photos=[upload(GPS_PHOTO)],
                         files=[upload(b"%PDF-1.4 x %%EOF", "诊断书.pdf")])
    assert answer.location == f"/households/{household.id}/show-household#papers"
    one, two = kept(household)
    assert (one.kind, one.member_id, one.mime, one.name, one.added_by_id) == (
        "diagnosis", member.id, "image/jpeg", "IMG_0001.jpg", people.community.user_id)
    assert (two.mime, two.name, vault.get(two.vault_key)) == ("application/pdf", "诊断书.pdf", b"%PDF-1.4 x %%EOF")
    assert b"GpsCameraMaker" not in vault.get(one.vault_key)
    page = client.page(f"/households/{household.id}/show-household")
    assert "诊断书或病历" in page.text
    assert "收了材料" in page.text
    assert sorted(db.session.scalars(select(AuditEntry.action).where(AuditEntry.household_id == household.id))) == [
        "household.open", "paper.add", "paper.add"]


def test_sent_twice_is_one_paper(client_of):
    household, client = make_household(), client_of("community")
    form = client.page(path_of(household)).form(path_of(household))
    for _ in range(2):
        answer = client.post(path_of(household), data={**form.values, "kind": "bill", "files": [upload(GPS_PHOTO)]})
        assert answer.status_code == 302
    client.send(path_of(household), kind="other", files=[upload(GPS_PHOTO, "another name.jpg")])
    assert len(kept(household)) == 1
    other = make_household()
    client.send(path_of(other), kind="bill", files=[upload(GPS_PHOTO)])
    assert len(kept(other)) == 1


def test_one_bad_file_keeps_nothing_and_is_named(client_of):
    household, client = make_household(), client_of("community")
    answer = client.send(path_of(household), kind="bill",
                         files=[upload(GPS_PHOTO), upload(b"<html><script>alert(1)</script>", "单据.jpg")])
    assert answer.status_code == 422
    assert "单据" in answer.get_data(as_text=True)
    assert kept(household) == []


@pytest.mark.parametrize(("answers", "says"), [
    ({"kind": "bill"}, "请拍一张或选一个文件"), ({"kind": ""}, "请选一个"),
    ({"kind": "bill", "files": 9}, "一次最多 8 个")])
def test_what_is_missing_or_too_much_is_said(client_of, answers, says):
    household = make_household()
    if "files" in answers:
        answers = {**answers, "files": [upload(GPS_PHOTO, f"{n}.jpg") for n in range(answers["files"])]}
    answer = client_of("community").send(path_of(household), **answers)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)


def test_the_form_opens_a_phones_camera(client_of):
    page = client_of("community").get(path_of(make_household())).get_data(as_text=True)
    camera, = re.findall(r'<input[^>]* name="photos"[^>]*>', page)
    assert 'capture="environment"' in camera
    assert 'accept="image/*"' in camera


def clean_of(size: int) -> Clean:
    return Clean(str(size).encode() + b"x" * size, "application/pdf", "x.pdf")


def test_a_household_has_room_for_so_much(people, monkeypatch):
    household, now = make_household(), utc_now()
    monkeypatch.setattr(papers, "MOST_PAPERS", 3)
    papers.add_papers(household, "bill", None, [clean_of(n) for n in range(3)], people.town, now)
    with pytest.raises(Invalid, match="放满了"):
        papers.add_papers(household, "bill", None, [clean_of(9)], people.town, now)
    papers.add_papers(household, "bill", None, [clean_of(2)], people.town, now)  # it is there already
    monkeypatch.setattr(papers, "MOST_PAPERS", 30)
    monkeypatch.setattr(papers, "MOST_BYTES_A_HOUSEHOLD", 50)
    with pytest.raises(Invalid, match="放满了"):
        papers.add_papers(household, "bill", None, [clean_of(60)], people.town, now)


def test_a_person_brings_in_so_much_a_day(people, monkeypatch):
    now = utc_now()
    monkeypatch.setattr(papers, "MOST_BYTES_A_DAY", 1000)
    papers.add_papers(make_household(), "bill", None, [clean_of(900)], people.town, now)
    with pytest.raises(Invalid, match="明天再传"):
        papers.add_papers(make_household(), "bill", None, [clean_of(200)], people.town, now)
    papers.add_papers(make_household(), "bill", None, [clean_of(200)], people.community, now)


def test_when_the_row_cannot_be_written_its_file_goes_again(people, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    household = make_household()
    monkeypatch.setattr(papers.db.session, "flush", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        papers.add_papers(household, "bill", None, [clean_of(5)], people.town, utc_now())
    assert [place for place in Path(tmp_path).rglob("*") if place.is_file()] == []


def test_strays_go_and_papers_stay(people, app, tmp_path, monkeypatch, time_machine):
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    paper, stray = make_paper(make_household()), vault.put(b"nobody knows me")
    register = make_import(people.town.area_code, make_user("town"), file_key=vault.put(b"a register that waits"))
    now = utc_now()
    forget_strays(now)
    assert set(vault.keys()) == {paper.vault_key, register.file_key, stray}
    forget_strays(now.replace(year=now.year + 1))
    assert set(vault.keys()) == {paper.vault_key, register.file_key}


@pytest.mark.parametrize("username", ["county2", "other_town", "other_community"])
def test_out_of_reach_is_not_there(client_of, username):
    assert client_of(username).get(path_of(make_household(COMMUNITY_A1A))).status_code == 404


def test_an_auditor_brings_in_nothing(client_of):
    assert client_of("auditor").get(path_of(make_household())).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Paper)) == 0
