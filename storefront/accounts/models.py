"""People with an account, what they may do, and how they came in.

Knows customers, roles, sign-ins, passkeys, one-time tickets and guesses; refuses to know what anybody bought.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.accounts import roles as plan
from storefront.accounts.library import RoleMixin, UserMixin
from storefront.database import BigId, Instant, db

# A sign-in older than this is asked for again before refunds, roles and privacy.
FRESH = timedelta(minutes=15)

customer_role = sa.Table(
    "customer_role",
    db.metadata,
    sa.Column("customer_id", sa.ForeignKey("customer.id"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id"), primary_key=True),
)


class Role(db.Model, RoleMixin):
    """What somebody is called who works here; what that allows stands in `roles.py`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)


class Customer(db.Model, UserMixin):
    """A person with an account; whoever works here is one too, with roles. Made only from a verified address."""

    __tablename__ = "customer"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        sa.String(64), unique=True, default=lambda: secrets.token_hex(16)
    )
    # What passkeys call this person; says nothing about them.
    passkey_handle: Mapped[str] = mapped_column(
        sa.String(64), unique=True, default=lambda: secrets.token_hex(32)
    )
    # When the address was last proved to be theirs.
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    # Encrypted by Flask-Security, and the last time step that was used: no code is taken twice.
    tf_totp_secret: Mapped[str | None] = mapped_column(sa.Text)
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=customer_role, order_by=Role.name
    )

    @property
    def role_names(self) -> tuple[str, ...]:
        """The names of the roles."""
        return tuple(role.name for role in self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether this person works here."""
        return bool(self.roles)

    @property
    def has_codes(self) -> bool:
        """Whether an authenticator app is asked for besides the first factor."""
        return self.tf_totp_secret is not None

    def may(self, permission: str) -> bool:
        """Whether any of the roles gives the permission."""
        return permission in plan.permissions_of(self.role_names)


class SignIn(db.Model):
    """One session of one person on one device; ended here, it is over wherever its cookie is."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    key_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    # How: password, link, passkey, invitation, staff_link.
    method: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)
    # When the person last proved who they are, and when by a second factor.
    proved_at: Mapped[datetime] = mapped_column(Instant)
    second_factor_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    user_agent: Mapped[str] = mapped_column(sa.String(300), default="")
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    customer: Mapped[Customer] = relationship()

    def is_fresh(self, now: datetime) -> bool:
        """Whether the person proved who they are less than a quarter of an hour ago."""
        return now - self.proved_at < FRESH


class Passkey(db.Model):
    """A key on somebody's device; only its public half is here."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    customer: Mapped[Customer] = relationship()


class RecoveryCode(db.Model):
    """Stands in for the authenticator app, once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class TicketKind(StrEnum):
    """What a ticket is good for, and for nothing else."""

    SIGN_UP = "sign_up"
    LINK = "link"
    RESET = "reset"
    CHANGE_OLD = "change_old"
    CHANGE_NEW = "change_new"
    INVITATION = "invitation"
    STAFF_LINK = "staff_link"
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"
    KEPT_FORM = "kept_form"


class Ticket(db.Model):
    """Good once, for one purpose, until a time: the link in a mail, a passkey's challenge, a form that waits."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    email: Mapped[str | None] = mapped_column(sa.String(320), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Guess(db.Model):
    """The latest tries at somebody's account, whether there is such an account or not."""

    __tablename__ = "guess"
    __table_args__ = (sa.UniqueConstraint("account", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # A keyed digest of the address: whose it is cannot be read from it.
    account: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(20))
    # Instants as ISO 8601, oldest first, none older than the longest window.
    tries: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)
