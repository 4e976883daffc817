"""Ports that the processes listen on."""

import errno
import ipaddress
import socket


class PortTaken(RuntimeError):
    """Another program listens on the port."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def chosen_port(host: str, port: int, option: str) -> int:
    """`port` when it is free on `host`, any free one for 0. Raises PortTaken naming the option that changes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                msg = f"不能在 {host}:{port} 监听（{error.strerror}）；请用 {option} 另选，或检查 --host"
                raise PortTaken(msg) from None
            msg = f"端口 {port} 已被其他程序占用；请停止该程序，或用 {option} 另选端口"
            raise PortTaken(msg) from None
        return int(probe.getsockname()[1])


def accepts(host: str, port: int) -> bool:
    """Whether something listens there now."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
