"""What the framework can't know of the description: what classes and fields mean, amounts, examples."""

from __future__ import annotations

import re
from typing import Any

from avtal import answers, cards
from avtal.diffing import answer as difference
from avtal.server import parts, wire

AMOUNT = r"^-?[0-9]+(\.[0-9]+|/[0-9]+)?$"
"""An exact decimal text, or a fraction when the number has no end."""
AMOUNTS = frozenset({"amount", "exact", "expected", "rounding", "quantity", "settled", "total", "unit_price"})
TEXT = (
    'avtal "Björkens vårdcentral 2024"\n  beställare "Region Norr" kod "RN"\n'
    '  vårdgivare "Björkens vårdcentral" kod "BJÖRK"\n  period     2024\n\nanvänd common\n\n'
    'anslag "Grunduppdrag" 100 mkr/år\n'
)
EXAMPLES: dict[str, dict[str, Any]] = {
    "CheckRequest": {"text": TEXT},
    "FormatRequest": {"text": TEXT, "to": "en"},
    "RunExamplesRequest": {"text": TEXT},
    "SettleRequest": {"text": TEXT, "period": "2024", "lines": True},
    "DiffRequest": {"old": {"text": TEXT}, "new": {"text": TEXT.replace("100 mkr", "101 mkr")}},
    "ExplainRequest": {"text": TEXT, "clause": "Grunduppdrag"},
}
_FIELD = re.compile(r"^(\w+(?:, \w+)*): (.*)$")


def completed(described: dict[str, Any]) -> dict[str, Any]:
    """The description with what the framework can't know of it."""
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        kind = next(vars(m)[name] for m in (answers, cards, wire, difference) if name in vars(m))
        meaning, fields = documented(kind.__doc__ or "")
        schema["description"] = meaning
        for field, shape in schema["properties"].items():
            if field in AMOUNTS:
                _as_amount(shape)
            if field in fields:
                schema["properties"][field] = _described(shape, fields[field])
        if name in EXAMPLES:
            schema["additionalProperties"] = False
            schema["examples"] = [EXAMPLES[name]]
        if {"contract", "text"} <= schema["properties"].keys() and name.endswith("Request"):
            schema["oneOf"] = [_has("contract"), _has("text")]
    for name in ("DiffSide", "SentFile"):
        schemas[name]["additionalProperties"] = False
    schemas["DiffSide"]["oneOf"] = [_has("contract"), _has("text")]
    schemas["ExplainRequest"]["properties"]["depth"] |= {"minimum": 1, "maximum": 100}
    for item in described["paths"].values():
        body = item.get("post", {}).get("requestBody", {"content": {}})["content"]
        name = body.get("application/json", {"schema": {}})["schema"].get("$ref", "").rpartition("/")[2]
        if name and name != "DiffRequest":
            body["multipart/form-data"] = {"schema": _form(schemas[name])}
    started = described["paths"]["/v1/jobs"]["post"]["responses"]["202"]
    started["headers"] = {"Location": {"description": "Where to ask for the job.", "schema": {"type": "string"}}}
    return described


def documented(docstring: str) -> tuple[str, dict[str, str]]:
    """What a class means, and what its fields mean, from a docstring with `Args:`."""
    meaning, _, listed = docstring.partition("Args:")
    fields: dict[str, str] = {}
    names: list[str] = []
    for line in map(str.strip, listed.splitlines()):
        found = _FIELD.match(line)
        if found:
            names = found[1].split(", ")
            fields.update(dict.fromkeys(names, found[2]))
        elif line:
            fields.update({name: f"{fields[name]} {line}" for name in names})
    return " ".join(meaning.split()), fields


def _form(schema: dict[str, Any]) -> dict[str, Any]:
    """The same fields as a form takes them: files as files, lists as fields that stand several times."""
    file = {"type": "string", "format": "binary"}
    fields: dict[str, Any] = {}
    for name, shape in schema["properties"].items():
        meaning = shape.get("description", "")
        if name in parts.FILES:
            fields[name] = {"type": "array", "items": file, "description": meaning}
        elif name in parts.LISTS:
            fields[name] = {"type": "array", "items": {"type": "string"}, "description": meaning}
        else:
            fields[name] = {"type": "string", "description": meaning}
    return {"type": "object", "properties": fields, "required": schema["required"]}


def _has(field: str) -> dict[str, Any]:
    """Having a field that is not empty."""
    return {"required": [field], "properties": {field: {"type": "string", "minLength": 1}}}


def _as_amount(shape: dict[str, Any]) -> None:
    for one in (shape, *shape.get("oneOf", ())):
        if one.get("type") == "string":
            one["pattern"] = AMOUNT


def _described(shape: dict[str, Any], meaning: str) -> dict[str, Any]:
    """A field with its meaning; beside a reference, in OpenAPI 3.1, a description may stand."""
    return {**shape, "description": meaning}
