"""`kuangan web`: the pages, by uvicorn. Streams end at once when it is told to stop."""

import argparse
import os
import socket
import sys
from types import FrameType

import uvicorn

from kuangan.base.garbage import spare_loaded
from kuangan.host.heartbeat import beat
from kuangan.law.setting.typeset import make_ready

GRACE_S = 1


class WebServer(uvicorn.Server):
    """Uvicorn, which first ends the streams that would keep it waiting."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop by a signal."""
        from kuangan.web.frame.live import close_all

        close_all()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Pages answer first; then the workshop is made ready for the first paper, and what is loaded is spared by the collector."""
        await super().startup(sockets)
        make_ready()
        spare_loaded()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second in the loop that serves: a sign of life."""
        beat()
        return await super().on_tick(counter)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default=os.environ.get("KUANGAN_WEB_HOST", "127.0.0.1"), help="监听地址（默认 %(default)s）"
    )
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("KUANGAN_WEB_PORT", "8000")), help="端口（默认 %(default)s）"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; 1 when the key of the sealed secrets is missing, said in words."""
    from django.conf import settings

    from kuangan.core.queries import sealed_trouble
    from kuangan.core.queries.local_answers import keep_up
    from kuangan.host.http_guard import guarded
    from kuangan.web.gate.database_watch import WATCH
    from kuangan.web.gate.guard import limits
    from kuangan.web.gate.law_watch import watch_law

    if trouble := sealed_trouble():
        print(trouble, file=sys.stderr)
        return 1
    config = uvicorn.Config(
        "kuangan.site.asgi:application",
        host=args.host,
        port=args.port,
        http=guarded(limits()),
        ws="none",
        proxy_headers=settings.KUANGAN_BEHIND_PROXY,
        forwarded_allow_ips=settings.KUANGAN_PROXIES,
        server_header=False,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
    )
    keep_up()
    watch_law(WATCH.stopped)
    WATCH.start()
    WebServer(config).run()
    WATCH.stop()
    return 0
