"""Recovery points served by Eve, with the links, pages and answers that Salvor's API keeps to."""

import os

from eve import Eve
from eve.auth import TokenAuth

STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}

POINT = {
    "name": STRING, "type": STRING, "source_type": STRING, "state": STRING,
    "start_time": INTEGER, "end_time": INTEGER,
    "cluster_name": STRING, "backupdef_name": STRING, "message": STRING,
    "backup_selection": {"type": "dict", "schema": {"all_namespaces": BOOLEAN, "snapshotPersistentVolumes": BOOLEAN}},
    "pv_count": INTEGER, "num_total_resources": INTEGER, "num_backup_resources": INTEGER,
    "backup_storage_size": INTEGER, "protected_storage_size": INTEGER,
    "total_snapshot_data": INTEGER, "total_copy_data": INTEGER,
}

SETTINGS = {
    "MONGO_URI": os.environ["EVE_STORE"],
    "URL_PREFIX": "api",
    "PAGINATION_LIMIT": 1000,
    "RENDERERS": ["eve.render.JSONRenderer"],
    "RESOURCE_METHODS": ["GET", "POST"],
    "DOMAIN": {"backupinstances": {"url": "/v1/backupinstances", "item_title": "Backupinstance", "schema": POINT}},
}


class FixedKey(TokenAuth):
    def check_auth(self, token, allowed_roles, resource, method):
        return token == os.environ["EVE_KEY"]


app = Eve(settings=SETTINGS, auth=FixedKey)
