"""Flask-Security as far as the shop uses it, without its WebAuthn pages: the shop has its own (`passkeys`).

Knows what is taken from it and what is left out; refuses to know any page. Its module of those pages would load
`webauthn` and all that stands below it at each start, a third of a second and 20 MiB, for nothing: it takes leave to
do without where that library is not installed, and here it finds it so.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Until the block ends `import package` fails as if it were not installed: that is what None in `sys.modules`
    means (Python language reference, 5.3.1). What was imported before stays."""
    absent = {} if package in sys.modules else {package: None}
    sys.modules.update(absent)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _without("webauthn"):
    from flask_security import RoleMixin as RoleMixin
    from flask_security import Security as Security
    from flask_security import SQLAlchemyUserDatastore as SQLAlchemyUserDatastore
    from flask_security import UserMixin as UserMixin
    from flask_security import hash_password as hash_password
    from flask_security import login_user as login_user
    from flask_security.totp import Totp as Totp
    from flask_security.utils import verify_password as verify_password
