"""`flask demo load`: the demo county, once."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from matching.cli import database_command
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.places.divisions import BROUGHT_BY_SET_UP


@click.group()
def demo() -> None:
    """演示县 · the demo county."""


@demo.command()
@database_command
def load() -> None:
    """装入演示县：真实的区划和坐标，虚构的人；再装一次不改变任何东西。

    Loads the demo county (real divisions and coordinates, invented people); loading again changes nothing.
    """
    from matching.demo import base, notices
    from matching.demo.accounts import demo_password, keep_password
    from matching.demo.order import put_in_order

    if not current_app.config["DEMO"]:
        raise click.ClickException("演示县只能在演示模式装入 · only with JIEDUI_DEMO=1")
    started, now = time.perf_counter(), utc_now()
    password = demo_password(Path(current_app.config["INSTANCE"]), current_app.config["DEMO_PASSWORD"])
    current_app.config["DEMO_PASSWORD"] = password
    ensure_places()
    done = []
    if not base.is_written():
        counts = base.write_base(base.draw(day_of(now)), password, now)
        db.session.commit()
        done.append(f"{counts['households']} 户 · households, {counts['needs']} 个需求 · needs, "
                    f"{counts['offers']} 份资源 · offers, {counts['volunteer']} 名志愿者 · volunteers")
    elif changed := keep_password(password, now):
        db.session.commit()
        done.append(f"{changed} 个演示账号换了密码 · demo accounts got the new password")
    done += _play(now)
    if done:  # a demo that was just played
        notices.read_older(now)
        put_in_order()
    db.session.commit()
    what = "; ".join(done) or "没有要做的 · nothing to do"
    click.echo(f"演示县 · demo county: {what} ({time.perf_counter() - started:.1f} s)")


def _play(now: datetime) -> list[str]:
    """What the people of the demo did so far, as far as it is not played yet; what there is to say of it. Commits."""
    from matching.demo import base, entitlements, history, money, policies
    from matching.demo.accounts import cast
    from matching.demo.places import FIRST, SECOND

    done = []
    if not history.ran(SECOND):
        history.first_run(now)
    if not history.is_played():
        states = history.play(base.draw(day_of(now)), now)
        db.session.commit()
        done.append(f"{sum(states.values()) - states['proposed']} 个结对已在办 · pairings on their way")
    if history.ran(FIRST) < 2:
        history.run_today(now)
    if not policies.is_played():
        policies.play(cast()["county"], now)
    if not entitlements.is_played():
        entitlements.play(now)
    if not money.is_played():
        money.play(cast(), now)
    _tell_reports(now)
    _hand_over(now)
    return done


def _hand_over(now: datetime) -> None:
    """Referrals and joint meetings, once; an older demo gets them too. Commits."""
    from matching.demo import referrals
    from matching.demo.accounts import cast

    if not referrals.is_played():
        referrals.play(cast(), now)
        db.session.commit()


def _tell_reports(now: datetime) -> None:
    """Reports of hardship, once; an older demo gets them too. Commits."""
    from matching.demo import reports
    from matching.demo.accounts import cast

    if not reports.is_played():
        reports.play(cast(), now)
        db.session.commit()


def ensure_places() -> None:
    """Load the divisions when the demo's counties are not there down to their villages. Commits."""
    from matching.demo.places import FIRST, FIRST_VILLAGE, SECOND, SECOND_VILLAGE
    from matching.places.queries import area
    from matching.places.service import load_country

    if area(FIRST_VILLAGE) is not None and area(SECOND_VILLAGE) is not None:
        return
    try:
        load_country(BROUGHT_BY_SET_UP, (FIRST, SECOND), utc_now())
    except FileNotFoundError:
        raise click.ClickException(
            f"找不到区划文件，请先运行 make run · division files are missing, run make run first: {BROUGHT_BY_SET_UP}"
        ) from None
    db.session.commit()
