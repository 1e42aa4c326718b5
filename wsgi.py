"""The site as a WSGI application: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from config import Config
from matching import create_app

app = create_app(Config())
