from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gateway.docs.collect import Collector
from gateway.edge.upstream import Upstream
from gateway.health.ready import Readiness

DEAL = {
    "openapi": "3.1.0",
    "paths": {
        "/api/v1/sales/deals": {
            "get": {
                "operationId": "get_deals",
                "tags": ["deals"],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deal"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {"Deal": {"properties": {"next": {"$ref": "#/components/schemas/Deal"}}}},
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    },
}


class Stub(ThreadingHTTPServer):
    """A service that answers what it is told to."""

    daemon_threads = True

    def __init__(self, answers):
        self.answers, self.asked = answers, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler):
                self.asked.append(handler.path)
                status, body = self.answers.get(handler.path, (404, {}))
                data = json.dumps(body).encode()
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(data)))
                handler.end_headers()
                handler.wfile.write(data)

            def log_message(handler, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def upstream(self, name):
        return Upstream(name, f"http://127.0.0.1:{self.server_address[1]}")


@pytest.fixture
def stub():
    made = []

    def make(answers):
        made.append(Stub(answers))
        return made[-1]

    yield make
    for one in made:
        one.shutdown()
        one.server_close()


def own():
    return {"paths": {}, "components": {"schemas": {"Deal": {"type": "string"}}}}


def test_names_of_two_services_cannot_collide(stub):
    sales = stub({"/api/v1/sales/openapi.json": (200, DEAL)}).upstream("sales")
    document = json.loads(Collector(own, {"sales": sales}, keep=60).description().body)
    assert sorted(document["components"]["schemas"]) == ["GatewayDeal", "SalesDeal"]
    operation = document["paths"]["/api/v1/sales/deals"]["get"]
    assert operation["operationId"] == "sales_get_deals"
    assert operation["tags"] == ["sales: deals"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/SalesDeal"}
    assert document["components"]["schemas"]["SalesDeal"]["properties"]["next"] == schema
    assert list(document["components"]["securitySchemes"]) == ["bearer"]
    assert document["x-missing-services"] == []


def test_a_service_that_is_down_is_left_out_and_named(stub):
    sales = stub({"/api/v1/sales/openapi.json": (200, DEAL)}).upstream("sales")
    broken = stub({"/api/v1/marketing/openapi.json": (500, {})}).upstream("marketing")
    down = Upstream("contacts", "http://127.0.0.1:1")
    upstreams = {"sales": sales, "marketing": broken, "contacts": down}
    document = json.loads(Collector(own, upstreams, keep=60).description().body)
    assert document["x-missing-services"] == ["contacts", "marketing"]
    assert "contacts, marketing" in document["info"]["description"]
    assert list(document["paths"]) == ["/api/v1/sales/deals"]


def test_it_is_made_once_while_it_is_kept(stub):
    server = stub({"/api/v1/sales/openapi.json": (200, DEAL)})
    collector = Collector(own, {"sales": server.upstream("sales")}, keep=60)
    assert collector.description() is collector.description()
    assert len(server.asked) == 1


def test_every_reference_in_the_gateways_own_description_leads_somewhere(api, runtime):
    answer = api.get("/api/v1/openapi.json", as_=None)
    assert answer.status_code == 200
    document = answer.json
    assert document["openapi"] == "3.1.0"
    for reference in set(re.findall(r'"\$ref":\s*"#/([^"]+)"', answer.text)):
        node = document
        for part in reference.split("/"):
            node = node[part]
    operations = [op for item in document["paths"].values() for op in item.values()]
    ids = [op["operationId"] for op in operations]
    assert len(ids) == len(set(ids))
    token = document["paths"]["/api/v1/auth/token"]["post"]
    assert sorted(token["requestBody"]["content"]) == [
        "application/json",
        "application/x-www-form-urlencoded",
    ]
    again = api.get("/api/v1/openapi.json", as_=None, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_takes_everything_from_here(api, runtime):
    page = api._app.test_client().get("/docs")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/")
        if address.startswith("/docs"):
            assert api._app.test_client().get(address).status_code == 200
    assert "<script>" not in page.text
    for name in ("../app.py", "docs.html", "swagger-ui.js", "nothing"):
        assert api._app.test_client().get(f"/docs/{name}").status_code == 404


def test_ready_when_every_service_is(stub):
    ready = stub({"/readyz": (200, {"ready": True})}).upstream("sales")
    unready = stub({"/readyz": (503, {"ready": False, "checks": {"database": "OperationalError"}})}).upstream(
        "contacts"
    )
    fine = {"ready": True, "checks": {"database": "ok"}}
    assert Readiness(lambda: fine, {"sales": ready}).state() == fine | {"services": {"sales": "ok"}}
    down = Upstream("reporting", "http://127.0.0.1:1")
    state = Readiness(lambda: fine, {"sales": ready, "contacts": unready, "reporting": down}).state()
    assert state["ready"] is False
    assert state["services"] == {
        "sales": "ok",
        "contacts": {"database": "OperationalError"},
        "reporting": "not reachable",
    }


def test_the_gateway_alone_is_ready_though_the_services_are_down(api, runtime):
    assert api.get("/readyz", as_=None).status_code == 503
    assert api.get("/readyz/self", as_=None).json == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok"},
    }
