"""What the gateway's own description needs beyond what its routes declare."""

from __future__ import annotations

from typing import Any

from gateway.auth.oauth import PARAMETERS

_TEXT = {"type": "string"}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the token endpoint as RFC 6749 has it: form-encoded, with error answers of its own shape."""
    operation = document["paths"]["/api/v1/auth/token"]["post"]
    schema = {"$ref": "#/components/schemas/ClientCredentials"}
    content = {media: {"schema": schema} for media in ("application/x-www-form-urlencoded", "application/json")}
    operation["requestBody"] = {"required": True, "content": content}
    operation["security"] = [{"client": []}, {}]
    operation["responses"]["200"] = _answer("The token.", "AccessToken")
    for status, text in (("400", "What is asked for cannot be given."), ("401", "The client is not known.")):
        operation["responses"][status] = _answer(text, "OAuthError")
    document["components"]["schemas"] |= SCHEMAS
    document["components"]["securitySchemes"]["client"] = {
        "type": "http",
        "scheme": "basic",
        "description": "client_id and client_secret, for the token endpoint alone.",
    }
    return document


def _answer(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


SCHEMAS: dict[str, Any] = {
    "ClientCredentials": {
        "type": "object",
        "required": ["grant_type"],
        "properties": {name: dict(_TEXT) for name in PARAMETERS} | {"grant_type": {"const": "client_credentials"}},
    },
    "AccessToken": {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": _TEXT,
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer"},
            "scope": _TEXT,
        },
    },
    "OAuthError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "enum": [
                    "invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type",
                ]
            },
            "error_description": _TEXT,
        },
    },
}  # fmt: skip
