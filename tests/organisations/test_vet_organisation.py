"""The county's yes or no, in its form."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.organisations.models import Organisation
from tests import factories
from tests.conftest import CheckedClient
from tests.people import COUNTY_B, People, sign_in


def path(organisation: Organisation) -> str:
    return f"/organisations/{organisation.id}/vet-organisation"


def status(organisation: Organisation) -> str | None:
    return db.session.scalar(select(Organisation.status).where(Organisation.id == organisation.id))


def test_a_yes_lets_it_take_part(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(status="waiting", vetted_on=None)
    answer = sign_in(client, people.county).send(path(made), decision="yes")
    assert (answer.status_code, answer.location) == (302, "/organisations/list-organisations")
    assert status(made) == "vetted"
    assert "决定已记下" in client.page("/organisations/list-organisations").text


def test_a_no_needs_its_reason_and_keeps_what_was_chosen(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(status="waiting", vetted_on=None)
    answer = sign_in(client, people.county).send(path(made), decision="no", reason="")
    assert answer.status_code == 422
    assert "请写明原因" in answer.get_data(as_text=True)
    assert 'checked' in answer.get_data(as_text=True)
    assert status(made) == "waiting"
    assert client.send(path(made), decision="no", reason="证照过期").status_code == 302
    assert status(made) == "refused"


def test_no_answer_is_no_decision(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(status="waiting", vetted_on=None)
    answer = sign_in(client, people.county).send(path(made))
    assert answer.status_code == 422
    assert "请选一个结果" in answer.get_data(as_text=True)
    assert status(made) == "waiting"


def test_sent_twice_it_is_decided_once(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(status="waiting", vetted_on=None)
    sent = {**sign_in(client, people.county).page(path(made)).form(path(made)).values, "decision": "yes"}
    assert [client.post(path(made), data=sent).location for _time in range(2)] == [
        "/organisations/list-organisations"] * 2
    assert db.session.scalars(select(AuditEntry.action)).all() == ["organisation.vetted"]


def test_another_county_finds_nothing_to_decide(client: CheckedClient, people: People) -> None:
    made = factories.make_organisation(COUNTY_B, status="waiting")
    assert sign_in(client, people.county).get(path(made)).status_code == 404
    assert status(made) == "waiting"
