"""What an import makes of headers, files and rows."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import Invalid
from contacts.imports.cells import RowError, country_of
from contacts.imports.faults import faults
from contacts.imports.headers import PEOPLE
from contacts.imports.reading import look
from contacts.imports.rows import RowReader
from contacts.imports.rules import check_headers, check_match, check_once, header_at, match_keys, person_name
from contacts.imports.targets import Target, Targets

TARGETS = Targets(PEOPLE)
guess, corrected = TARGETS.guess, TARGETS.corrected


def test_headers_are_understood_in_chinese_and_english() -> None:
    assert guess(["姓名", "手机号码", "电子邮箱", "公司名称", "职位", "备注", "客户编号"]) == {
        "姓名": "name", "手机号码": "phone", "电子邮箱": "email", "公司名称": "company_name", "职位": "job_title",
        "备注": "note",
    }  # fmt: skip
    assert guess(["First Name", "LAST_NAME", "E-mail", "Mobile Phone", "Tel.", "Company", "ZIP"]) == {
        "First Name": "given_name", "LAST_NAME": "family_name", "E-mail": "email", "Mobile Phone": "phone",
        "Tel.": "phone", "Company": "company_name", "ZIP": "postcode",
    }  # fmt: skip
    assert guess(["手机（必填）", "Name", "Full Name", "error_row", ""]) == {"手机（必填）": "phone", "Name": "name"}


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("Name;Vorname;Firma;Straße;PLZ;Ort;Telefon", "name given_name company_name address postcode city phone"),
        ("Nom;Prénom;Courriel;Société;Ville;Pays", "family_name given_name email company_name city country"),
        ("Nombre;Apellidos;Teléfono;Empresa;País", "given_name family_name phone company_name country"),
        ("客户名称;联系人;手机号;省;市", "company_name name phone region city"),
        ("Customer;First Name;Email", "name given_name email"),
        ("Customer;Last Name;Email", "company_name family_name email"),
        ("客户;电话", "name phone"),
        ("Mailing City;Mailing State/Province;Mailing Zip/Postal Code", "city region postcode"),
        ("Business Country/Region;Business Phone;E-mail 2 Address", "address:office.country phone email"),
        ("Organization Title;Phone 1 - Type;Phone 1 - Value;Address 1 - City", "job_title - phone city"),
    ],
)
def test_headers_of_other_languages_and_programs_are_understood(headers: str, fields: str) -> None:
    found = guess(headers.split(";"))
    assert " ".join(found.get(header, "-") for header in headers.split(";")) == fields


def test_the_guess_is_corrected() -> None:
    headers = ["Name", "Kontakt", "Phone"]
    mapping = corrected(guess(headers), {"Kontakt": "email", "Phone": None}, headers)
    assert mapping == {"Name": "name", "Kontakt": "email"}
    assert corrected(guess(headers), {"Kontakt": "name"}, headers) == {"Kontakt": "name", "Phone": "phone"}
    for wrong, code in (
        ({"Nome": "name"}, "unknown_column"),
        ({"Name": "nickname"}, "unknown_field"),
        ({"Name": "city", "Kontakt": "city"}, "field_twice"),
    ):
        with pytest.raises(Invalid) as refused:
            corrected(guess(headers), wrong, headers)
        assert refused.value.errors[0].code == code


def test_files_without_use_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check_headers(["", ""])
    assert refused.value.errors[0].code == "no_header"
    with pytest.raises(Invalid) as refused:
        check_once(["Mail", "a", "Mail", "a"], {"Mail": "email"})
    assert refused.value.errors[0].code == "column_twice"
    check_once(["Mail", "a", "a"], {"Mail": "email"})
    with pytest.raises(Invalid, match="Its columns are: Name, Shoe size"):
        check_match("people", [], {"Name": "name"}, ["email", "phone"], ["Name", "", "Shoe size"])


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["Name", "Email"], ["Li", "a@b.cn"]], 0),
        ([["Customers of 2026", ""], [], ["Name", "Email"], ["Li", "a@b.cn"]], 2),
        ([["Person", "", "Contact"], ["Name", "Title", "Phone"]], 1),
        ([["Kennung", "Betrag"], ["1", "2"]], 0),
        ([[], ["", ""], ["Email"], ["a@b.cn"]], 2),
        ([["Email"], ["name"], ["phone"]], 0),
        ([["Name", "Email"], ["Name", "Email"]], 0),
        ([["x"]] * 20 + [["Name", "Email"]], 0),
        ([], 0),
    ],
)
def test_headers_are_found_below_titles_and_groups(rows: list[list[str]], place: int) -> None:
    assert header_at(rows, TARGETS.understood) == place


@pytest.mark.parametrize(
    ("raw", "above", "delimiter", "headers"),
    [
        (b"sep=;\r\nName;Email\r\nLi;a@b.cn\r\n", 1, ";", ["Name", "Email"]),
        (b"\xef\xbb\xbfSEP=\t\nKennung\tBetrag, netto\n", 1, "\t", ["Kennung", "Betrag, netto"]),
        (b"Kunden 2026\n\nName;Email\nLi;a@b.cn\nBo;b@b.cn\n", 2, ";", ["Name", "Email"]),
        (b"Name,Email\nN\x00ul,a@b.cn\n", 0, ",", ["Name", "Email"]),
        (b"\n\n\n", 0, ",", []),
    ],
)
def test_what_stands_above_the_headers_is_passed_over(
    raw: bytes, above: int, delimiter: str, headers: list[str]
) -> None:
    form = look(raw, understood=TARGETS.understood)
    assert (form.above, form.delimiter, form.headers) == (above, delimiter, headers)


@pytest.mark.parametrize("raw", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), b"%PDF-1.7\n", b"{\\rtf1\\ansi"])
def test_what_is_no_list_at_all_is_said(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        look(raw)
    assert refused.value.errors[0].code == "not_a_list"


def test_what_an_administrator_calls_a_field_goes_before_the_other_names_of_built_in_ones() -> None:
    targets = Targets(
        PEOPLE, [Target("custom.channel", ("channel", "渠道")), Target("custom.email", ("email", "Kd-Nr."))]
    )
    assert targets.guess(["Channel", "E-Mail", "Kd Nr", "渠道", "来源"]) == {
        "Channel": "custom.channel", "E-Mail": "email", "Kd Nr": "custom.email", "来源": "source",
    }  # fmt: skip
    assert targets.corrected({}, {"渠道": "custom.channel"}, ["渠道"]) == {"渠道": "custom.channel"}
    with pytest.raises(Invalid, match=r"custom\.colour"):
        targets.check({"x": "custom.colour"})


def test_a_key_that_no_column_is_mapped_to_is_refused() -> None:
    assert match_keys("email, name + company,email,") == ["email", "name+company"]
    there = ["email", "phone", "name+company"]
    check_match("people", ["name+company"], {"Surname": "family_name", "Firm": "company_name"}, there)
    for keys, codes in (
        (["phone"], ["column_not_mapped"]),
        (["shoe_size", "email"], ["not_a_choice"]),
        (["name+company"], ["column_not_mapped", "column_not_mapped"]),
    ):
        with pytest.raises(Invalid) as refused:
            check_match("people", keys, {"Mail": "email"}, there)
        assert [error.code for error in refused.value.errors] == codes


TEXT = "姓名,手机,公司\n王小明,13800138000,深圳市示例科技有限公司\n李娜,13900139000,上海样品贸易有限公司\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "delimiter"),
    [
        (TEXT.encode(), "utf-8", ","),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", ","),
        (TEXT.encode("gb18030"), "gb18030", ","),
        (TEXT.encode("utf-16"), "utf-16", ","),
        (TEXT.encode("utf-16-le"), "utf-16-le", ","),
        (TEXT.replace(",", ";").encode(), "utf-8", ";"),
        (TEXT.replace(",", "\t").encode("gb18030"), "gb18030", "\t"),
        (TEXT.replace(",", "|").encode(), "utf-8", "|"),
        ("姓名,手機\n陳大文,0912345678\n林小美,0987654321\n".encode("big5"), "big5", ","),
        ('Name;Ort\n"Müller; Söhne";Köln\nJürgen Groß;Lübeck\n'.encode("cp1252"), "cp1252", ";"),
    ],
)
def test_files_are_read_as_people_save_them(raw: bytes, encoding: str, delimiter: str) -> None:
    form = look(raw)
    assert (form.encoding, form.delimiter) == (encoding, delimiter)
    assert form.headers[0] in ("姓名", "Name")


def test_names_are_put_together_as_their_script_does() -> None:
    assert person_name("", "小明", "王") == "王小明"
    assert person_name("", "Anna", "Schmidt") == "Anna Schmidt"
    assert person_name("", "", "Schmidt") == "Schmidt"
    assert person_name("Schmidt", "Anna", "") == "Anna Schmidt"
    assert person_name("王", "小明", "") == "王小明"
    assert person_name("Anna Schmidt", "Anna", "") == "Anna Schmidt"
    assert person_name("Anna B. Schmidt", "Anna", "Schmidt") == "Anna B. Schmidt"
    assert person_name("Whole", "Anna", "Schmidt") == "Whole"


HEADERS = ["name", "email", "phone", "company", "country", "city", "note"]


def read(*cells: str) -> Any:
    return RowReader(HEADERS, guess(HEADERS), "import", ["fair"]).read(2, list(cells))


def test_a_row_becomes_a_person_in_normal_form() -> None:
    phones = "'139-0013-9000、010-65529988"
    draft = read("Li Na", "LI@Example.com; li.na@example.cn", phones, "Acme", "中国", " 北京 ", "")
    assert [(p.kind, p.value, p.shared) for p in draft.points] == [
        ("email", "li@example.com", False), ("email", "li.na@example.cn", False), ("phone", "+8613900139000", False),
        ("phone", "+861065529988", True),
    ]  # fmt: skip
    assert draft.keys == [
        "email:li@example.com", "email:li.na@example.cn", "phone:+8613900139000", "phone:+861065529988;name=lina",
    ]  # fmt: skip
    assert (draft.country, draft.city, draft.note, draft.tags) == ("CN", "北京", None, ["fair"])


def test_what_spreadsheets_do_to_numbers_is_undone() -> None:
    for cell in ("1.3800138001E+10", "13800138001.0", "'13800138001", "+86 138 0013 8001"):
        assert read("X", "", cell).points[0].value == "+8613800138001"
    with pytest.raises(RowError):
        read("X", "", "1.38E+10")


@pytest.mark.parametrize(
    ("cell", "country", "numbers"),
    [
        ("06 12 34 56 78", "Frankreich", ["+33612345678"]),
        ("030 / 1234567", "DE", ["+49301234567"]),
        ("0049 (0)30 / 1234270", "", ["+49301234270"]),
        ("13800138000/13900139000", "DE", ["+8613800138000", "+8613900139000"]),
        ("010-12345678/010-12345679", "", ["+861012345678", "+861012345679"]),
        ("0371 52012345", "DE", ["+4937152012345"]),  # one of Zhengzhou, too
        ("0371 52012345", "", ["+8637152012345"]),
    ],
)
def test_numbers_are_read_as_the_country_of_their_row_writes_them(cell: str, country: str, numbers: list[str]) -> None:
    assert [point.value for point in read("X", "", cell, "", country).points] == numbers


def test_a_number_of_no_country_and_a_country_that_is_none_are_two_faults() -> None:
    reader = RowReader(HEADERS, guess(HEADERS), "import", [])
    found = faults(reader, 2, ["X", "", "06 12 34 56 78", "", "Atlantis", "", ""])
    assert [(error.field, error.code) for error in found] == [
        ("phone", "invalid_phone"), ("country", "unknown_country"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Schweden", "SE"), ("Côte d’Ivoire", "CI"), ("Royaume-Uni", "GB"), ("Großbritannien", "GB"), ("DEU", "DE"),
        ("Viet Nam", "VN"), ("保加利亚", "BG"), ("UK", "GB"), ("estados unidos", "US"), ("香港", "HK"), ("cn", "CN"),
    ],
)  # fmt: skip
def test_countries_are_known_by_their_names(name: str, code: str) -> None:
    assert country_of(name) == code


def test_a_person_without_a_name_is_called_by_the_address() -> None:
    assert read("", "li.na@example.cn").name == "li.na"


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        (["Li"], "email", "no_contact_point"),
        (["Li", "li@@example"], "email", "invalid_email"),
        (["Li", "li@example.com", "12345"], "phone", "invalid_phone"),
        (["Li", "li@example.com", "", "", "Atlantis"], "country", "unknown_country"),
        (["L" * 201, "li@example.com"], "name", "too_long"),
        (["Li", "li@example.com", "", "", "", "", "", "more"], "row", "too_many_cells"),
        (["Li\ufffd", "li@example.com"], "row", "not_text"),
        (["Li", "li@example.com", "", "", "", "", "x" * 33_000], "row", "cell_too_long"),
    ],
)
def test_bad_rows_name_field_and_rule(cells: list[str], field: str, code: str) -> None:
    with pytest.raises(RowError) as refused:
        read(*cells)
    assert (refused.value.field, refused.value.code) == (field, code)
