"""A SCIM client over real HTTP: the library's own needs another HTTP library than the product has."""

from __future__ import annotations

import requests
from scim2_client.client import BaseSyncSCIMClient


class RealClient(BaseSyncSCIMClient):
    """Asks a server at an address, with a token."""

    def __init__(self, address, secret):
        super().__init__()
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {secret}"

    def _stays_under_base_url(self, endpoint):
        return "://" not in endpoint or endpoint.startswith(self._address)

    def _parse_json(self, response):
        return response.json()

    def request(self, method, url, **kwargs):
        where = url if "://" in url else f"{self._address}/{url.lstrip('/')}"
        return self._session.request(method, where, timeout=10, **kwargs)
