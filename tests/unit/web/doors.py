"""The doors for HR systems on a real server: what a test needs to knock at them."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import requests
import uvicorn
from standardwebhooks import Webhook

from outreach.installation import Installation
from outreach.settings import Settings

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def installation_of(workspace, database_url, **settings):
    return Installation.open(workspace, Settings(database_url=database_url, secret="s3cret", **settings))


@contextmanager
def served(app):
    """The application on a port of its own; yields its address."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


def signed(name, body, *, secret=SECRET, at=None):
    """Headers of a body that was signed."""
    at = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }


def post(url, name, said, **how):
    """Post something, signed."""
    body = said if isinstance(said, str) else json.dumps(said)
    return requests.post(url, body.encode(), headers=signed(name, body, **how), timeout=10)
