"""The program that docs/how-to/hr-systems.md shows signs as Standard Webhooks say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from standardwebhooks import Webhook

from tests.contracts.receivers import SECRET

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "hr-systems.md"


def test_the_program_of_the_page_signs_what_it_posts(tmp_path: Path) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "sign.py").write_text(program, encoding="utf-8")
    came = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append(Webhook(SECRET).verify(body, dict(self.headers)))
            self.send_response(200)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings = {"EVENTS_SECRET": SECRET, "EVENTS_URL": f"http://127.0.0.1:{server.server_port}/"}
        subprocess.run([sys.executable, "sign.py"], cwd=tmp_path, env=os.environ | settings, check=True, timeout=30)
    assert came == [[{"person": "104733", "event": "hired", "date": "2026-12-01"}]]
