"""Rules of what goes together that contradict each other."""

from __future__ import annotations


def test_a_rule_that_contradicts_another_either_way_round_names_both_products(api) -> None:
    lamp, driver = (api.post("/products", json={"code": code, "name": code}).json["id"] for code in ("LAMP", "DRIVER"))
    rule = {"product_id": lamp, "kind": "requires", "other_id": driver}
    assert api.post("/product-rules", json=rule).status_code == 201
    around = {"product_id": driver, "other_id": lamp}
    for opposite in (rule | {"kind": "excludes"}, around | {"kind": "excludes"}):
        refused = api.post("/product-rules", json=opposite)
        assert (refused.status_code, refused.json["code"]) == (409, "opposite_rule")
        assert [one["pointer"] for one in refused.json["errors"]] == ["/product_id", "/other_id"]
    assert len(api.get("/product-rules").json["data"]) == 1
    assert api.post("/product-rules", json=around | {"kind": "requires"}).status_code == 201
