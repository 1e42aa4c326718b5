"""Asking: three questions, no account, no JavaScript; twice is once, floods cost something, nobody is locked out."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from matching import vault
from matching.clock import utc_now
from matching.extensions import db
from matching.intake import service_asking, service_limits
from matching.intake.models import Report, ReportFile, ReportStep
from matching.intake.models_work import Task
from tests.conftest import CheckedClient
from tests.intake.asking import PHONE, send, slow
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COUNTY_A, TOWN_A1, People

VOICE = b"\x1a\x45\xdf\xa3" + b"spoken" * 50


@pytest.fixture(autouse=True)
def _unhurried(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)


def reports() -> list[Report]:
    """All reports, oldest first."""
    return list(db.session.scalars(select(Report).order_by(Report.id)))


def photo(kind: str = "JPEG") -> bytes:
    """A small picture with a place in its EXIF."""
    picture, written = Image.new("RGB", (40, 30), "grey"), io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (27.0, 36.0, 44.0)}
    picture.save(written, kind, exif=exif)
    return written.getvalue()


def test_three_answers_and_somebody_comes_tomorrow(client: CheckedClient, people: People) -> None:
    answer = send(client, kinds=["medical", "cash"])
    assert (answer.status_code, answer.location) == (303, "/intake/asked")
    (report,) = reports()
    assert (report.origin, report.kinds, report.area_code) == ("self", ["medical", "cash"], COMMUNITY_A1A)
    assert (report.phone, report.owner_id, report.is_doubtful) == (PHONE, people.community.user_id, False)
    assert db.session.scalar(select(func.count()).select_from(Task)) == 1
    slip = client.page("/intake/asked")
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", slip.text)
    assert people.community.name in slip.text


@pytest.mark.one_database
def test_the_page_asks_three_things_and_has_one_button(client: CheckedClient) -> None:
    page = client.page("/ask")
    assert page.headings == [(1, "有难处，跟我们说")]
    seen = {control.attributes["name"] for control in page.form("/ask").controls
            if control.attributes.get("type") not in ("hidden", "submit", "file") and "name" in control.attributes}
    assert {"kinds", "place", "phone"} <= seen
    assert "120" in page.text
    assert "110" in page.text


@pytest.mark.one_database
def test_english_is_whole(client: CheckedClient) -> None:
    client.set_cookie("language", "en")
    page = client.page("/ask")
    assert page.headings == [(1, "Tell us what is hard")]
    assert not re.search("[\u4e00-\u9fff]", page.text.replace("中文", ""))


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("phone", "words"), [
    ("1390000447", "少 1 位，手机号应为 11 位。"), ("139000044711", "多 1 位，手机号应为 11 位。"),
    ("", "这一项要填。"),
    ("找村长", "电话只写数字。"), ("12345", "座机请连区号一起写")])
def test_a_wrong_phone_is_explained_and_the_draft_is_kept(client: CheckedClient, phone: str, words: str) -> None:
    answer = send(client, phone=phone, kinds=["care", "job"], words="走不动路")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text
    assert "走不动路" in text
    assert text.count("checked") == 2
    assert reports() == []


@pytest.mark.parametrize("phone", ["139 0000 4471", "+86 139-0000-4471", "１３９００００４４７１"])
def test_a_phone_is_kept_as_it_is_dialled(client: CheckedClient, phone: str) -> None:
    assert send(client, phone=phone).status_code == 303
    assert reports()[0].phone == PHONE


# --- The place ---------------------------------------------------------------------------------------------------

@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("written", "code"), [
    ("坳下村", COMMUNITY_A1A), ("坳下", COMMUNITY_A1A), ("双溪镇 坳下村", COMMUNITY_A1A), ("aoxia", COMMUNITY_A1A),
    ("shangwan", COMMUNITY_A1B), ("sw", COMMUNITY_A1B), ("双溪", TOWN_A1), ("青禾县双溪镇上湾村", COMMUNITY_A1B)])
def test_a_place_is_found_by_a_few_characters_or_pinyin(client: CheckedClient, written: str, code: str) -> None:
    assert send(client, place=written).status_code == 303
    assert reports()[0].area_code == code


@pytest.mark.one_database
def test_without_javascript_the_second_step_asks_which_place(client: CheckedClient) -> None:
    answer = send(client, place="村")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "是下面哪一个？点一个。" in text
    values = {"place_code": COMMUNITY_A1B}
    assert text.count('type="radio"') >= 4
    assert send(client, place="村", **values).status_code == 303
    assert reports()[0].area_code == COMMUNITY_A1B


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("written", ["无此村", "", "x' OR 1=1 --", "%", "🙂"])
def test_an_unknown_place_is_said_so(client: CheckedClient, written: str) -> None:
    assert send(client, place=written).status_code == 422
    assert reports() == []


@pytest.mark.one_database
def test_a_poster_fills_the_place_in(client: CheckedClient) -> None:
    page = client.page(f"/ask?place={COMMUNITY_A1B}")
    values = page.form("/ask").values
    assert (values["place"], values["place_code"]) == ("双溪镇 上湾村", COMMUNITY_A1B)
    assert client.page("/ask?place=999999999999").form("/ask").values["place"] == ""


def test_the_phones_own_point_is_kept_when_it_is_the_places(client: CheckedClient) -> None:
    send(client, lat="27.6125", lon="113.9123")
    send(client, phone="13900004472", lat="39.9", lon="116.4")
    here, far = reports()
    assert (here.lat, here.lon, here.precision) == (27.6125, 113.9123, "exact")
    assert (far.lat, far.precision) == (27.612, "village")


# --- For somebody else, a photo, a message -----------------------------------------------------------------------

def test_for_somebody_else_counts_as_a_neighbours_report(client: CheckedClient) -> None:
    send(client, is_for_other="y", name="隔壁老李", words="好几天没看见他家烟囱冒烟")
    (report,) = reports()
    assert (report.origin, report.name, report.words) == ("neighbour", "隔壁老李", "好几天没看见他家烟囱冒烟")


def test_photo_and_message_are_kept_in_the_vault_without_the_place(client: CheckedClient) -> None:
    assert b"GPS" in photo() or b"\x88\x25" in photo() or b"\x25\x88" in photo()
    send(client, photo=(io.BytesIO(photo()), "家.jpg"), voice=(io.BytesIO(VOICE), "voice.webm"))
    files = {file.kind: file for file in db.session.scalars(select(ReportFile))}
    assert {kind: file.mime for kind, file in files.items()} == {"photo": "image/jpeg", "voice": "audio/webm"}
    assert vault.get(files["voice"].vault_key or "") == VOICE
    drawn = Image.open(io.BytesIO(vault.get(files["photo"].vault_key or "")))
    assert dict(drawn.getexif()) == {}


@pytest.mark.one_database
@pytest.mark.parametrize(("content", "mime"), [
    (b"OggS" + b"x" * 40, "audio/ogg"), (b"\0\0\0\x20ftypM4A " + b"x" * 40, "audio/mp4"), (VOICE, "audio/webm")])
def test_messages_are_told_by_their_first_bytes(client: CheckedClient, content: bytes, mime: str) -> None:
    send(client, voice=(io.BytesIO(content), "a.exe"))
    assert db.session.scalars(select(ReportFile.mime)).all() == [mime]


@pytest.mark.one_database
@pytest.mark.parametrize(("field", "content", "words"), [
    ("voice", b"<html><script>", "这不是录音"), ("photo", b"<svg onload=1>", "不是照片"),
    ("photo", b"%PDF-1.4 %%EOF", "这里只收照片"), ("voice", b"OggS" + bytes(2000), "录音太长")])
def test_what_is_no_photo_or_message_is_refused(client: CheckedClient, monkeypatch: pytest.MonkeyPatch, field: str,
                                                content: bytes, words: str) -> None:
    monkeypatch.setattr("matching.intake.service_files.MOST_VOICE_BYTES", 1000)
    answer = send(client, **{field: (io.BytesIO(content), "a.jpg")})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert reports() == []


def test_a_message_survives_a_fault_elsewhere(client: CheckedClient) -> None:
    answer = send(client, phone="139", voice=(io.BytesIO(VOICE), "voice.webm"))
    kept = re.search(r'name="kept" value="([^"]+)"', answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert kept
    send(client, kept=kept[1])
    assert [vault.get(key or "") for key in db.session.scalars(select(ReportFile.vault_key))] == [VOICE]
    send(client, phone="13900004479", kept=kept[1])
    assert db.session.scalar(select(func.count()).select_from(ReportFile)) == 1, "a file belongs to one report"


# --- Sent twice, told twice --------------------------------------------------------------------------------------

def test_sent_twice_is_one_report(client: CheckedClient) -> None:
    values = client.page("/ask").form("/ask").values
    sent = {**values, "kinds": ["medical"], "place": "坳下村", "phone": PHONE}
    assert {client.post("/ask", data=sent).location for _ in range(3)} == {"/intake/asked"}
    assert len(reports()) == 1


def test_an_empty_key_leads_nobody_to_anothers_slip(client: CheckedClient, new_client: Any) -> None:
    send(client, submission_key="")
    send(new_client(), submission_key="", phone="13900004472")
    assert [report.phone for report in reports()] == [PHONE, "13900004472"]


def test_the_same_trouble_told_twice_is_one_case_with_two_codes(client: CheckedClient, new_client: Any) -> None:
    send(client, words="一周透析三次")
    send(new_client(), kinds=["care"], words="他走不动了")
    first, second = reports()
    assert (second.state, second.outcome, second.joined_to_id) == ("closed", "joined", first.id)
    assert first.code != second.code
    assert set(first.kinds) == {"medical", "care"}
    assert db.session.scalar(select(func.count()).select_from(Task)) == 1
    added = db.session.scalars(select(ReportStep).where(ReportStep.kind == "add")).one()
    assert (added.report_id, added.note) == (first.id, "他走不动了")


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"place": "上湾村"}, {"phone": "13900004472"}])
def test_another_place_or_phone_is_another_case(client: CheckedClient, changes: dict[str, str]) -> None:
    send(client)
    send(client, **changes)
    assert [report.state for report in reports()] == ["received", "received"]


def test_after_a_week_it_is_a_new_case(client: CheckedClient) -> None:
    send(client)
    reports()[0].created_at = utc_now() - timedelta(days=8)
    send(client)
    assert [report.state for report in reports()] == ["received", "received"]


# --- Floods and mischief -----------------------------------------------------------------------------------------

def crowd(count: int) -> None:
    """So many asked from the test's own address within this hour."""
    name = service_limits.bucket("ask", "127.0.0.1")
    for _ in range(count):
        service_limits.note_try(name, utc_now())


def sum_of(text: str) -> tuple[str, int]:
    """The note of a question, and its answer."""
    note = re.search(r'name="sum_note" value="([^"]+)"', text)
    numbers = re.search(r"(\d) 加 (\d) 等于几", text)
    assert note
    assert numbers
    return note[1], int(numbers[1]) + int(numbers[2])


def test_in_a_crowd_a_sum_is_asked_and_a_real_person_gets_through(client: CheckedClient) -> None:
    crowd(service_limits.LIMITS["address"].sums)
    first = send(client)
    assert first.status_code == 422
    assert reports() == []
    note, answer = sum_of(first.get_data(as_text=True))
    assert send(client, sum_note=note, sum_answer=str(answer + 1)).status_code == 422
    assert send(client, sum_note=note, sum_answer=str(answer)).status_code == 303
    assert send(client, sum_note=note, sum_answer=str(answer), phone="13900004472").status_code == 422, "good once"
    assert [report.is_doubtful for report in reports()] == [False]


def test_in_a_flood_an_officer_looks_before_anybody_sets_out(client: CheckedClient) -> None:
    crowd(service_limits.LIMITS["address"].doubts)
    note, answer = sum_of(send(client).get_data(as_text=True))
    assert send(client, sum_note=note, sum_answer=str(answer)).status_code == 303
    (report,) = reports()
    assert report.is_doubtful
    assert report.owner_id
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0
    assert "我们先给您打电话" in client.page("/intake/asked").text


@pytest.mark.parametrize("changes", [{"website": "http://spam.example"}, {"shown": "made up"}])
def test_what_only_a_machine_does_is_looked_at_first(client: CheckedClient, changes: dict[str, str]) -> None:
    assert send(client, **changes).status_code == 303
    assert [report.is_doubtful for report in reports()] == [True]


def test_nobody_answers_three_questions_in_a_blink(client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    send(client)
    assert [report.is_doubtful for report in reports()] == [True]


@pytest.mark.parametrize("told_before", [False, True])
def test_a_machine_that_used_a_telephone_first_holds_its_owner_up_no_longer(
        client: CheckedClient, people: People, told_before: bool) -> None:
    if told_before:
        send(client, website="spam")
    send(client, words="家里没有米了")
    first, *joined = reports()
    assert [report.outcome for report in joined] == ["joined"] * told_before
    assert not first.is_doubtful
    assert db.session.scalar(select(func.count()).select_from(Task)) == 1


def test_an_asking_that_an_officer_closes_this_moment_is_a_case_of_its_own(
        client: CheckedClient, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    send(client)
    found = service_asking._told_before

    def found_and_closed(*asked: Any) -> Report | None:
        first = found(*asked)
        if first is not None:
            db.session.execute(update(Report).where(Report.id == first.id).values(
                state="closed", outcome="helped", step="", closed_at=utc_now()).execution_options(
                synchronize_session=False))
        return first

    monkeypatch.setattr(service_asking, "_told_before", found_and_closed)
    send(client, words="又没米了")
    assert [(report.state, report.outcome) for report in reports()] == [("closed", "helped"), ("received", "")]


@pytest.mark.one_database
def test_who_is_signed_in_is_not_held_up_by_a_crowd(client_of: Any, people: People) -> None:
    crowd(service_limits.LIMITS["address"].doubts)
    assert send(client_of("household")).status_code == 303
    assert [report.is_doubtful for report in reports()] == [False]


@pytest.mark.one_database
def test_photos_of_a_flood_are_not_kept_and_that_is_said(client: CheckedClient, people: People,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_limits, "FILES_OF_ADDRESS", 2)
    for _try in range(2):  # faulty forms count too: their files lie in the vault
        assert send(client, phone="1", photo=(io.BytesIO(photo()), "a.jpg")).status_code == 422
    assert send(client, photo=(io.BytesIO(photo()), "a.jpg")).status_code == 303
    assert "照片和录音这次没有收下" in client.page("/intake/asked").text
    assert db.session.scalar(select(func.count()).select_from(ReportFile)) == 0


def test_where_nobody_could_come_the_form_says_whom_to_call(client: CheckedClient, people: People) -> None:
    from matching.accounts.models import User

    for user in db.session.scalars(select(User).where(User.area_code.startswith(COUNTY_A))):
        user.is_enabled = False
    assert send(client).status_code == 422
    assert reports() == []


@pytest.mark.one_database
def test_only_asking_pages_may_ask_the_phone(app: Flask, client: CheckedClient) -> None:
    assert "geolocation=(self)" in client.get("/ask").headers["Permissions-Policy"]
    for path in ("/", "/case", "/sign-in"):
        assert client.get(path).headers["Permissions-Policy"] == "geolocation=(), microphone=(), camera=()"
