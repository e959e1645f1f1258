"""Flask-Security as far as the shop uses it, without its WebAuthn pages: the shop has its own (`passkeys`).

Knows what is taken from it and what is left out; refuses to know any page. Its module of those pages would load
`webauthn` and all that stands below it at each start, a third of a second and 20 MiB, for nothing: it takes leave to
do without where that library is not installed, and here it finds it so. The same goes for `cryptography`, by which
secrets of authenticator apps are encrypted: 40 ms and 7 MiB for who has none (`let_encrypt`).
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    """Until the block ends `import package` fails as if it were not installed: that is what None in `sys.modules`
    means (Python language reference, 5.3.1). What was imported before stays."""
    absent = {package: None for package in packages if package not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _without("webauthn", "cryptography"):
    import passlib.totp
    from flask_security import RoleMixin as RoleMixin
    from flask_security import Security as Security
    from flask_security import SQLAlchemyUserDatastore as SQLAlchemyUserDatastore
    from flask_security import UserMixin as UserMixin
    from flask_security import hash_password as hash_password
    from flask_security import login_user as login_user
    from flask_security.totp import Totp as Totp
    from flask_security.utils import verify_password as verify_password


def let_encrypt() -> None:
    """Let passlib find `cryptography`: a module that is loaded again keeps its names, so that what was made of it
    before encrypts from now on. Without this it raises RuntimeError, and never keeps a secret as it is."""
    if not passlib.totp.AES_SUPPORT:
        importlib.reload(passlib.totp)
