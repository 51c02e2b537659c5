"""What a view returns, as the mapping that a schema describes."""

from collections import namedtuple
from types import SimpleNamespace

import pytest

from chassis.encoding import to_json
from chassis.http.render import column_names, dumper
from chassis.schema import Schema, fields


class Part(Schema):
    size = fields.Integer()


class Thing(Schema):
    id = fields.Integer()
    words = fields.List(fields.String())
    parts = fields.Nested(Part, many=True)
    label = fields.String(attribute="title", data_key="called")
    length = fields.Function(lambda thing: 7)


FULL = {"id": 1, "words": ("a", "b"), "parts": [{"size": 2}, {"size": 3}], "title": "T"}
SHOWN = {"id": 1, "words": ["a", "b"], "parts": [{"size": 2}, {"size": 3}], "called": "T", "length": 7}


def test_objects_rows_and_mappings_are_shown_alike():
    dump, row = dumper(Thing()), namedtuple("Row", FULL)(**FULL)
    assert dump(FULL) == dump(SimpleNamespace(**FULL)) == dump(row) == SHOWN


def test_a_mapping_shows_what_it_has():
    dump = dumper(Thing())
    assert dump({"title": "T", "words": None}) == {"called": "T", "words": None, "length": 7}
    assert dump({}) == {"length": 7}


def test_an_object_without_an_attribute_is_a_mistake_that_is_told():
    with pytest.raises(AttributeError):
        dumper(Thing())(SimpleNamespace(**{name: value for name, value in FULL.items() if name != "title"}))


def test_schemas_of_one_field_and_of_none_visible():
    dump = dumper(Part())
    assert dump({"size": 2}) == dump(SimpleNamespace(size=2)) == {"size": 2}
    assert dumper(Part(), frozenset({"size"}))({"size": 2}) == {}


def test_the_list_of_a_record_is_not_the_list_that_is_shown():
    record = SimpleNamespace(**FULL | {"words": ["a"]})
    dumper(Thing())(record)["words"].append("b")
    assert record.words == ["a"]


def test_lists_of_plain_values_are_columns_and_nested_ones_are_not():
    known = Thing().dump_fields
    assert column_names({name: known[name] for name in ("id", "words", "label")}) == ["id", "words", "title"]
    assert column_names({"parts": known["parts"]}) is None


def test_a_list_is_written_as_one_whatever_holds_it():
    assert to_json(dumper(Thing())({"words": (word for word in "ab")})) == b'{"words":["a","b"],"length":7}'
