"""What other rooms may listen to: somebody came in, an address is proved to be somebody's.

Knows when it happened, after the commit; refuses to know who listens. A listener opens its own transaction.
"""

from blinker import Namespace

_accounts = Namespace()

# Sent as `signed_in.send(app, customer_id=…, sign_in_id=…)`, within the request that signed the person in.
signed_in = _accounts.signal("signed-in")
# Sent as `email_verified.send(app, customer_id=…, email=…)`, at sign-up and after each change of address.
email_verified = _accounts.signal("email-verified")
