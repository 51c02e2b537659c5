"""What a company may be called, and which belongs to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.company_names import company_key, domain_key
from chassis.errors import Invalid


def normal_name(name: str) -> tuple[str, str]:
    """A name with single spaces, and what it is matched by. Invalid for one without letters."""
    name = " ".join(name.split())
    key = company_key(name)
    if not key:
        raise Invalid("name", "no_letters", "A company's name has at least one letter or digit.")
    return name, key


def normal_domain(domain: str) -> str:
    """A bare domain. Invalid for what cannot be one."""
    key = domain_key(domain)
    if "." not in key:
        raise Invalid("domain", "invalid_domain", "A domain looks like acme.com.")
    return key


def as_tree(root: Any, nodes: Mapping[Any, dict[str, Any]], parents: Mapping[Any, Any]) -> dict[str, Any]:
    """`nodes` hung together under `root` as `children`, in the order of their names. `parents` also knows ids that are
    no node: what belongs to one of those hangs on the next node above."""
    hung = {id_: node | {"children": []} for id_, node in nodes.items()}
    for id_, node in sorted(hung.items(), key=lambda pair: pair[1]["name"]):
        if id_ != root:
            hung[_node_above(parents[id_], root, hung, parents)]["children"].append(node)
    return hung[root]


def _node_above(id_: Any, root: Any, nodes: Mapping[Any, Any], parents: Mapping[Any, Any]) -> Any:
    while id_ not in nodes and id_ in parents:
        id_ = parents[id_]
    return id_ if id_ in nodes else root
