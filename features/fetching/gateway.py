"""Envelopes of Korea's open-data gateway: items, or what it says instead."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from tradeshock.features.errors import AccessError, AnswerError, QuotaError
from tradeshock.features.fetching.markup import child_text, read_xml
from tradeshock.features.fetching.text import read_text, shortened

KEY_NAME = "DATA_GO_KR_API_KEY"
_MISSING_KEY, _QUOTA, _NOT_GRANTED = ("20",), ("22",), ("30", "31", "32")
_QUOTA_WORDS = ("LIMITED_NUMBER_OF_SERVICE_REQUESTS", "API token quota", "Too Many Requests")
_KEY_WORDS = ("Unauthorized", "Forbidden", "SERVICE_KEY", "SERVICE KEY")
_GOOD = ("00", "0", "000")


def items(body: bytes, publisher: str, service: str) -> list[ElementTree.Element]:
    """Items of an answer; none where the service has no figures.

    Raises
    ------
    AccessError
        If the key is missing, wrong, or not granted for this service.
    QuotaError
        If the calls of the day are used up.
    AnswerError
        If the service reports an error, or the answer is cut short or of another form.
    """
    _refuse_words(read_text(body, publisher), publisher, service)
    root = read_xml(body, publisher)
    if (code := child_text(root, "returnReasonCode")) or root.tag == "OpenAPI_ServiceResponse":
        words = child_text(root, "returnAuthMsg") or child_text(root, "errMsg")
        _refuse(code, words, publisher, service)
    result, words = child_text(root, "resultCode"), child_text(root, "resultMsg")
    if root.find(".//resultCode") is None:
        raise AnswerError(f"{publisher} sent XML without a result code; its form has changed")
    if result not in _GOOD:
        _refuse(result, words, publisher, service)
    if root.find(".//items") is None:
        raise AnswerError(f"{publisher} sent no items in {service}: {shortened(words)}")
    found = root.findall(".//items/item")
    count = child_text(root, "totalCount")
    if count and (not count.isdecimal() or int(count) > len(found)):
        raise AnswerError(
            f"{publisher} sent {len(found)} of {shortened(count)} rows of {service}; the answer "
            "is cut short"
        )
    return found


def _refuse_words(text: str, publisher: str, service: str) -> None:
    """Refuse answers that are no XML: plain words, or an envelope in JSON."""
    start = text.lstrip()[:1]
    if start == "<":
        return
    if start == "{":
        try:
            words = json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            words = text
    else:
        words = text
    _refuse("", words, publisher, service)


def _refuse(code: str, words: str, publisher: str, service: str) -> None:
    shown = shortened(words) or "no reason given"
    if code in _QUOTA or any(word in words for word in _QUOTA_WORDS):
        raise QuotaError(
            f"{publisher} gives no more answers of {service} today; the count starts anew at "
            "midnight in Korea"
        )
    if code in _MISSING_KEY or code in _NOT_GRANTED or any(word in words for word in _KEY_WORDS):
        raise AccessError(
            f"{publisher} does not take the key in {KEY_NAME} for {service} ({shown}); apply for "
            "this service at www.data.go.kr, and wait an hour after it is granted"
        )
    raise AnswerError(
        f"{publisher} reports an error in {service} (code {shortened(code) or '-'}): {shown}"
    )
