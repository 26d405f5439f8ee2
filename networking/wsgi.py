import os

from django.core.wsgi import get_wsgi_application

# Whatever is created, database included, is for its owner alone.
os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "networking.settings")

application = get_wsgi_application()
