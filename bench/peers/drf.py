# One row by its key with Django REST framework: a model, a serializer, a view set; in one file. Run under gunicorn.
import os

from django.conf import settings

settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="drf", INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "HOST": os.environ["PGHOST"], "USER": os.environ["PGUSER"], "CONN_MAX_AGE": None if os.environ.get("CONNECTIONS_KEPT") else 0}},
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"], "UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []},
)
import django

django.setup()
from django.core.wsgi import get_wsgi_application
from django.db import models
from rest_framework import routers, serializers, viewsets


class Door(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=30)
    width = models.FloatField()
    length = models.FloatField()
    height = models.FloatField()
    type = models.CharField(max_length=5)

    class Meta:
        app_label = "rooms"
        db_table = "rooms_door"
        managed = False


class DoorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Door
        fields = ["id", "name", "width", "length", "height", "type"]


class DoorViewSet(viewsets.ModelViewSet):
    queryset = Door.objects.all()
    serializer_class = DoorSerializer


router = routers.DefaultRouter()
router.register("doors", DoorViewSet)
urlpatterns = router.urls
application = get_wsgi_application()
