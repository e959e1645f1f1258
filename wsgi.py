"""The WSGI application, for any server: `wsgi:app`.

Knows nothing but where the application is made.
"""

from storefront import create_app

app = create_app()
