"""The demo's subscribers come by the newsletter's own actions, in every state, and once."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.content.actions import publish
from storefront.database import release, session, transaction
from storefront.demo import readers
from storefront.demo.crew import add_people
from storefront.mail.models import OutgoingMail
from storefront.newsletter.models import Mailing, MailingState, Subscriber
from tests.builders.content import EDITOR, a_post
from tests.builders.newsletter import letters
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def demo(sandbox: StripeStandIn, inside: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A demo shop with its people and one post."""
    monkeypatch.setattr(readers, "is_demo", lambda: True)
    with transaction():
        add_people()
    with clock.frozen(clock.now() - timedelta(days=20)):
        post = a_post(published=False)
        publish(post.id, by=EDITOR)
    return inside


@pytest.mark.usefixtures("demo")
def test_there_are_some_in_every_state_and_a_post_was_sent() -> None:
    assert readers.subscribe()

    states = Counter(session().scalars(sa.select(Subscriber.state)))
    assert states == {"asked": 3, "subscribed": 13, "left": 2, "bounced": 2}
    assert session().scalars(sa.select(Mailing.state)).all() == [MailingState.SENT]
    assert len(letters()) == 17
    # Kept in the mailbox: nobody is written to.
    assert set(session().scalars(sa.select(OutgoingMail.state))) == {"kept"}
    release()
    assert not readers.subscribe()
