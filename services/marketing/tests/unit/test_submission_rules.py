from marketing.submissions import rules

FIELDS = [
    {"name": "name", "type": "text"},
    {"name": "work_mail", "type": "email"},
    {"name": "private_mail", "type": "email"},
    {"name": "mobile", "type": "phone"},
    {"name": "company", "type": "text"},
    {"name": "land", "type": "country"},
    {"name": "plz", "type": "postcode"},
    {"name": "text", "type": "textarea"},
]


def test_the_sender_is_read_by_type_and_the_first_answer_counts() -> None:
    answers = {
        "name": "王小明",
        "private_mail": "x@example.com",
        "mobile": "+8613800138000",
        "company": "星辰",
        "land": "CN",
        "plz": "200030",
        "text": "你好",
    }
    assert rules.sender(FIELDS, answers) == rules.Sender(
        "王小明", "x@example.com", "+8613800138000", "星辰", "CN", "200030", "你好"
    )
    assert rules.sender(FIELDS, answers | {"work_mail": "w@example.com"}).email == "w@example.com"


def test_product_and_language_are_told_where_they_were_chosen_not_written() -> None:
    answers = {"Product": "LED-20", "language": "zh"}
    for kind, told in (("choice", ("LED-20", "zh")), ("text", (None, None))):
        who = rules.sender([{"name": name, "type": kind} for name in answers], answers)
        assert (who.product, who.language) == told


def test_without_a_name_its_parts_or_the_address_stand_for_it() -> None:
    assert rules.sender(FIELDS, {"first_name": "Ann", "last_name": "Lee"}).name == "Ann Lee"
    assert rules.sender(FIELDS, {"work_mail": "w@example.com"}).name == "w@example.com"
    assert rules.sender(FIELDS, {"mobile": "+8613800138000"}).name == "+8613800138000"
    assert rules.sender(FIELDS, {}).name == ""


def test_the_digest_knows_the_same_content_in_any_order() -> None:
    first = rules.digest("a", {"x": "1", "y": "2"}, True)
    assert rules.digest("a", {"y": "2", "x": "1"}, True) == first
    others = [
        rules.digest("b", {"x": "1", "y": "2"}, True),
        rules.digest("a", {"x": "1", "y": "3"}, True),
        rules.digest("a", {"x": "1", "y": "2"}, False),
    ]
    assert first not in others
    assert len(set(others)) == 3


def test_utm_parameters_lose_their_prefix_and_empty_ones_go() -> None:
    posted = {"utm_source": "mail", "utm_medium": "", "utm_term": "x", "campaign": "c"}
    assert rules.utm(posted) == {"source": "mail"}


def test_an_address_is_hashed_by_the_secret_of_the_day() -> None:
    monday = rules.ip_hash("203.0.113.7", b"monday")
    assert monday == rules.ip_hash("203.0.113.7", b"monday")
    assert monday != rules.ip_hash("203.0.113.7", b"tuesday")
