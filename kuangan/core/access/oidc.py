"""Single sign-on by OpenID Connect: discovery, code flow with PKCE, state and nonce. An account is found, never made.

The provider says who somebody is; whether he gets in, and whether our own one-time code is asked for, is decided here. What goes wrong is
said with the place at which it did. The library is read only where a provider is set.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from kuangan.core import actions
from kuangan.core.access.approval import roles_held
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries.accounts import user_of_claim

TIMEOUT_S: Final = 10.0
LEEWAY_S: Final = 60
"""How far the clocks of provider and platform may lie apart."""
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures by a key pair: a shared secret, or none, proves nothing."""
SCOPE: Final = "openid profile phone"
Kept = dict[str, str]
"""What the browser's session keeps between going out and coming back: state, nonce, verifier."""


@dataclass(frozen=True)
class Provider:
    """The provider that this installation is set to. ``matches``: by what of a person the claim finds the account."""

    issuer: str
    client_id: str
    client_secret: str
    label: str
    claim: str
    matches: str
    administrators: bool


class SsoFailed(Refused):
    """Signing in at the provider did not come to its end; the message says what and where."""


def provider() -> Provider | None:
    """The provider that is set; None where people sign in here only."""
    given: dict[str, Any] = settings.KUANGAN_OIDC
    return Provider(**given) if given["issuer"] else None


def begin(own: Provider, back: str) -> tuple[str, Kept]:
    """Where to send the browser, and what its session keeps meanwhile. ``back``: the address to which it comes back."""
    from authlib.common.security import generate_token

    verifier, nonce = generate_token(64), generate_token(32)
    with _client(own, back) as client:
        metadata = _metadata(own, client)
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    return address, {"state": state, "nonce": nonce, "verifier": verifier}


def finish(own: Provider, kept: Kept, answer: dict[str, str], back: str) -> User:
    """Whose account it is that came back. Raises :class:`SsoFailed`; each failure is recorded."""
    try:
        return _finished(own, kept, answer, back)
    except SsoFailed as failed:
        with transaction.atomic():
            data = {"why": str(failed)[:200]}
            actions.record(actor=None, action="sso_refused", subject=("core.login", "sso"), data=data)
        raise


def _finished(own: Provider, kept: Kept, answer: dict[str, str], back: str) -> User:
    if not kept or not constant_time_compare(kept.get("state", ""), answer.get("state", "")):
        raise SsoFailed("本次登录不是由本浏览器发起，或已超时（返回时核对）：请回到登录页重新点击。")
    if "error" in answer or "code" not in answer:
        words = re.sub(r"[^\w .-]", "", answer.get("error_description") or answer.get("error", ""))[:100]
        raise SsoFailed(f"{own.label}未同意登录（授权时）{'：' + words if words else ''}。")
    with _client(own, back) as client:
        metadata = _metadata(own, client)
        token = _token(own, client, metadata, kept, answer["code"])
        claims = _claims(own, client, metadata, kept, token)
        value = claims.get(own.claim) or _userinfo(own, client, metadata, claims).get(own.claim)
    return _account(own, value)


def logout_address(own: Provider, back: str) -> str:
    """Where one signs out at the provider, too; empty where it offers none or is silent."""
    from authlib.common.urls import add_params_to_uri

    try:
        with _client(own, back) as client:
            address = _metadata(own, client).get("end_session_endpoint", "")
    except SsoFailed:
        return ""
    params = {"client_id": own.client_id, "post_logout_redirect_uri": back}
    return str(add_params_to_uri(address, params.items())) if address else ""


def _client(own: Provider, back: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        own.client_id,
        own.client_secret or None,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if own.client_secret else "none",
        timeout=TIMEOUT_S,
        trust_env=False,
        follow_redirects=False,
    )


def _metadata(own: Provider, client: Any) -> dict[str, Any]:
    metadata = _json(own, client, f"{own.issuer}/.well-known/openid-configuration", "读取服务说明时")
    if metadata.get("issuer") != own.issuer:
        raise SsoFailed(
            f"{own.label}的服务说明属于另一个地址（读取服务说明时），请系统管理员核对 KUANGAN_OIDC_ISSUER。"
        )
    return metadata


def _json(own: Provider, client: Any, address: str, where: str, **more: Any) -> dict[str, Any]:
    import httpx

    try:
        answer = client.request("GET", address, **({"withhold_token": True} | more))
        answer.raise_for_status()
        content = answer.json()
    except (httpx.HTTPError, ValueError) as broken:
        raise SsoFailed(
            f"{own.label}没有应答或应答无法识别（{where}，{type(broken).__name__}），请稍后再试，或用密码登录。"
        ) from broken
    if not isinstance(content, dict):
        raise SsoFailed(f"{own.label}的应答无法识别（{where}）。")
    return content


def _token(own: Provider, client: Any, metadata: dict[str, Any], kept: Kept, code: str) -> dict[str, Any]:
    import httpx
    from authlib.common.errors import AuthlibBaseError

    try:
        token: dict[str, Any] = client.fetch_token(
            metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=kept["verifier"]
        )
    except (httpx.HTTPError, AuthlibBaseError, ValueError) as refused:
        raise SsoFailed(
            f"{own.label}不接受本次登录（换取凭证时，{type(refused).__name__}），请回到登录页重新点击。"
        ) from refused
    if "id_token" not in token:
        raise SsoFailed(f"{own.label}没有给出身份凭证（换取凭证时），请系统管理员核对对方的应用设置。")
    return token


def _claims(own: Provider, client: Any, metadata: dict[str, Any], kept: Kept, token: dict[str, Any]) -> dict[str, Any]:
    """What the signed token says of the person, once its signature, issuer, audience, times and nonce are right."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    keys = _json(own, client, metadata["jwks_uri"], "读取签名公钥时")
    options = {
        "iss": {"essential": True, "value": own.issuer},
        "aud": {"essential": True, "value": own.client_id},
    }
    params = {"nonce": kept["nonce"], "client_id": own.client_id, "access_token": token.get("access_token")}
    try:
        read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]  # keys as they came
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(leeway=LEEWAY_S)
    except (JoseError, ValueError, KeyError) as unfit:
        raise SsoFailed(
            f"{own.label}的身份凭证不能核实（核对签名和内容时，{type(unfit).__name__}），未登录。"
        ) from unfit
    return dict(claims)


def _userinfo(own: Provider, client: Any, metadata: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """What the provider says beside the token, of the same person."""
    if not metadata.get("userinfo_endpoint"):
        return {}
    told = _json(own, client, metadata["userinfo_endpoint"], "读取人员信息时", withhold_token=False)
    if told.get("sub") != claims.get("sub"):
        raise SsoFailed(f"{own.label}给出了另一人的信息（读取人员信息时），未登录。")
    return told


def _account(own: Provider, value: Any) -> User:
    """The one active account that the claim names. Raises :class:`SsoFailed`."""
    what = {"phone": "手机号", "number": "人员编号"}[own.matches]
    if not isinstance(value, str) or not value.strip():
        raise SsoFailed(f"{own.label}没有给出{what}（核对人员时，{own.claim}），请系统管理员核对对方的应用设置。")
    user = user_of_claim(own.matches, value)
    if user is None or user.person is None:
        raise SsoFailed(
            f"平台上没有登记该{what}的在用账号，或者多人登记了同一{what}（核对人员时）；统一登录不开通账号，请联系系统管理员。"
        )
    if not own.administrators and any(role.administers for role in roles_held(user.person)):
        raise SsoFailed("平台管理员不经统一登录进入，请用密码和动态口令登录。")
    return user
