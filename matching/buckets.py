"""What tries are counted by, to sign in as well as to ask for help: nothing of it tells who it was."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from flask import current_app

__all__ = ["digest", "network"]


def digest(*parts: str) -> str:
    """The name of a bucket: a digest under the site's own key, so that nobody can reckon back what it was made of."""
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), "\n".join(parts).encode(), hashlib.sha256).hex()


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 household or office holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if parsed.version == 4 or mapped:
        return str(mapped or parsed)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
