"""The commands `storefront staff …`: the first owner, and a way in for whoever started the shop.

Knows addresses and roles as they are typed; refuses to know how anybody is believed.
"""

import click


@click.group("staff")
def staff_group() -> None:
    """Those who work here."""


@staff_group.command()
@click.argument("email")
@click.option(
    "--role", "roles", multiple=True, required=True, help="What they may do; may be said several times."
)
def invite(email: str, roles: tuple[str, ...]) -> None:
    """Invite EMAIL to work here; the link goes to that mailbox, and is printed."""
    from storefront import create_app
    from storefront.accounts.models import TicketKind
    from storefront.accounts.people import invite as run
    from storefront.accounts.roles import ROLES
    from storefront.accounts.tickets import token_of
    from storefront.web import address

    _refuse_unknown(roles, list(ROLES))
    with create_app().app_context():
        ticket = run(_tidy(email), roles, by=("command", None))
        link = address("accounts.invitation_here", token=token_of(TicketKind.INVITATION, ticket))
        click.echo(f"Invited. The link works for three days, once:\n{link}")


@staff_group.command()
@click.argument("email", default="")
def link(email: str) -> None:
    """Print a link that signs EMAIL in who works here (without one, the first owner): half an hour, once."""
    from storefront import create_app
    from storefront.accounts.models import TicketKind
    from storefront.accounts.people import first_owner, staff_link
    from storefront.accounts.tickets import token_of
    from storefront.web import address

    with create_app().app_context():
        ticket = staff_link(_tidy(email) if email else first_owner())
        click.echo(address("accounts.staff_link_here", token=token_of(TicketKind.STAFF_LINK, ticket)))


def _tidy(email: str) -> str:
    from storefront.accounts.forms import tidy_email
    from storefront.config.values import EMAIL

    found = tidy_email(email)
    if not EMAIL.fullmatch(found):
        raise click.BadParameter("this is no e-mail address", param_hint="EMAIL")
    return found


def _refuse_unknown(roles: tuple[str, ...], known: list[str]) -> None:
    if unknown := [role for role in roles if role not in known]:
        raise click.BadParameter(
            f"there is no role {unknown[0]}; there are {', '.join(known)}", param_hint="--role"
        )
