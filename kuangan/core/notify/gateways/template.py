"""A gateway over HTTP: the steps before, the request, its answer; and asking later whether a message arrived."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any, Final

from kuangan.core.notify.gateways.answers import NOTHING, TokenEnded, Understood, at_path, understood
from kuangan.core.notify.gateways.calling import Answered, GatewaySilent, NotAnAddress, call
from kuangan.core.notify.gateways.filling import REFERENCE, Values, filled_body, filled_headers, filled_url
from kuangan.core.notify.gateways.grammar import CallTemplate, GatewayKind, PriorStep, ReceiptReading
from kuangan.core.notify.gateways.message import Message
from kuangan.core.notify.outcome import Arrived, Failed, Pending, Sent

EARLY_S: Final = 60.0
"""A token is renewed so long before its end."""
MOST_KEPT: Final = 10_000
HIDDEN: Final = "***"


@dataclass
class TemplateGateway:
    """One gateway that was set up; ``settings`` hold its secrets, too. Lives as long as its settings, with what it keeps."""

    kind: GatewayKind
    settings: Mapping[str, Any] = field(repr=False)
    timeout_s: float = 5.0
    _kept: dict[tuple[str, str], tuple[Any, float]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def send(self, message: Message) -> Sent | Failed:
        """Hand a message over. Never raises for what the network or the gateway does."""
        assert self.kind.call is not None
        outcome = self._done(self.kind.call, self.kind.answer, message, {})
        return Sent(outcome.reference) if isinstance(outcome, Understood) else outcome

    def ask(self, message: Message, reference: str) -> Arrived | Pending | Failed:
        """Whether a message arrived, as far as the gateway knows; an answer that says nothing leaves it pending."""
        receipt = self.kind.receipt
        assert receipt is not None
        outcome = self._done(receipt.call, receipt.answer, message, {REFERENCE: reference})
        if isinstance(outcome, Failed):
            return Pending()
        return _arrival(outcome.content, receipt)

    def close(self, message: Message, reference: str) -> Arrived | Failed:
        """Close an entry that was made; safe to be called again."""
        closing = self.kind.closing
        assert closing is not None
        outcome = self._done(closing.call, closing.answer, message, {REFERENCE: reference})
        return outcome if isinstance(outcome, Failed) else Arrived()

    def _done(self, template: CallTemplate, reading: Any, message: Message, more: Mapping[str, Any]) -> Any:
        """The request with its steps; where the token has ended it is fetched anew, once."""
        try:
            for _ in range(2):
                given = {part.name: getattr(message, part.name) for part in fields(message)}
                values = Values({**self.kind.defaults, **self.settings, **given, **more}, self.kind.computed)
                if isinstance(wrong := self._prepare(values, message), Failed):
                    return self._without_secrets(wrong)
                outcome = understood(self._call(template, values), reading)
                if not isinstance(outcome, TokenEnded):
                    return self._without_secrets(outcome)
                self._forget()
        except GatewaySilent as silent:
            return Failed(f"网关不通：{silent}")
        except NotAnAddress as wrong_address:
            return Failed(str(wrong_address), final=True)
        except KeyError as missing:
            return Failed(f"通道设置不完整，缺少{missing.args[0]}，请由系统管理员补充。", final=True)
        return Failed("网关不接受新取得的访问凭证，请核对应用密钥", final=True)

    def _call(self, template: CallTemplate, values: Values) -> Answered:
        asked = values.without_computed()
        body, kind = filled_body(template, asked)
        headers = {**({"Content-Type": kind} if body else {}), **filled_headers(template, asked)}
        return call(template.method, filled_url(template.url, asked), headers, body, timeout_s=self.timeout_s)

    def _prepare(self, values: Values, message: Message) -> Failed | None:
        for step in self.kind.steps:
            outcome = self._step(step, values, message.to if step.each else "")
            if isinstance(outcome, Failed):
                return outcome
            values.set(step.name, outcome)
        return None

    def _step(self, step: PriorStep, values: Values, receiver: str) -> Any:
        """What a step gives: kept until it ends, asked for otherwise. One thread asks, the others wait for it."""
        with self._lock:
            value, until = self._kept.get((step.name, receiver), (None, 0.0))
            if time.monotonic() < until:
                return value
            outcome = understood(self._call(step.call, values), step.answer)
            if isinstance(outcome, TokenEnded):
                self._kept.clear()
                return Failed("网关的访问凭证已失效，稍后重新取得")
            if isinstance(outcome, Failed):
                return outcome
            value = at_path(outcome.content, step.take)
            if value in (NOTHING, None, ""):
                return Failed("网关的答复中没有所需的凭证或用户标识", final=False)
            self._keep(step, receiver, value, outcome.content)
            return value

    def _keep(self, step: PriorStep, receiver: str, value: Any, content: Any) -> None:
        seconds = step.seconds if isinstance(step.seconds, int) else at_path(content, step.seconds)
        if not isinstance(seconds, int | float):
            return
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        early = min(EARLY_S, seconds / 2)
        self._kept[step.name, receiver] = (value, time.monotonic() + seconds - early)

    def _forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def _without_secrets(self, outcome: Any) -> Any:
        """A refusal that repeats a secret is shown without it."""
        if not isinstance(outcome, Failed):
            return outcome
        words = outcome.error
        for name in self.kind.secrets:
            if secret := str(self.settings.get(name, "")):
                words = words.replace(secret, HIDDEN)
        for (_, receiver), (kept, _) in list(self._kept.items()):
            if not receiver and len(str(kept)) > len(HIDDEN):
                words = words.replace(str(kept), HIDDEN)
        return Failed(words, final=outcome.final)


def _arrival(content: Any, receipt: ReceiptReading) -> Arrived | Pending | Failed:
    state = at_path(content, receipt.state) if receipt.state else NOTHING
    refused = [at_path(content, path) for path in receipt.refused_in]
    if (state is not NOTHING and state in receipt.refused) or any(_is_given(value) for value in refused):
        return Failed("网关回执：未送达", final=True)
    arrived = [at_path(content, path) for path in receipt.delivered_in]
    is_there = (state is not NOTHING and state in receipt.delivered) or any(_is_given(value) for value in arrived)
    return Arrived() if is_there else Pending()


def _is_given(value: Any) -> bool:
    return value is not NOTHING and bool(value)
