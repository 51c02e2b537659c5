"""What the columns of a customer list mean, in Chinese and English, and what an import does with a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

from chassis.errors import FieldError, Invalid

Mode = Literal["create", "update", "upsert"]
MODES: tuple[Mode, ...] = ("create", "update", "upsert")

# A header is compared without case, width, spaces and punctuation. Fields that may come from several columns: SEVERAL.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "fullname", "contact", "contactname", "contactperson", "customer", "customername", "person",
        "displayname", "姓名", "名字", "名称", "联系人", "联系人姓名", "客户", "客户姓名", "客户名称", "聯絡人", "氏名",
    ),
    "given_name": ("firstname", "givenname", "forename", "名"),
    "family_name": ("lastname", "familyname", "surname", "姓", "姓氏"),
    "email": (
        "email", "emails", "emailaddress", "mail", "mailaddress", "workemail", "email1", "email2", "personalemail",
        "邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "工作邮箱", "電子郵件", "信箱",
    ),
    "phone": (
        "phone", "phones", "phonenumber", "telephone", "tel", "mobile", "mobilephone", "mobilenumber", "cell",
        "cellphone", "workphone", "homephone", "officephone", "phone1", "phone2", "手机", "手机号", "手机号码",
        "电话", "电话号码", "联系电话", "联系方式", "移动电话", "办公电话", "座机", "固定电话", "固话", "手機", "電話",
    ),
    "company_name": (
        "company", "companyname", "organisation", "organization", "organizationname", "account", "accountname",
        "employer", "公司", "公司名称", "公司名", "企业", "企业名称", "单位", "单位名称", "工作单位", "客户公司",
        "会社名",
    ),
    "job_title": ("jobtitle", "title", "position", "role", "job", "职位", "职务", "职称", "岗位", "头衔"),
    "country": ("country", "countrycode", "nation", "国家", "国别", "国家地区", "國家"),
    "region": ("region", "state", "province", "county", "省", "省份", "地区", "省市", "州"),
    "city": ("city", "town", "城市", "市", "所在城市"),
    "postcode": ("postcode", "zip", "zipcode", "postalcode", "邮编", "邮政编码", "郵遞區號"),
    "address": ("address", "street", "streetaddress", "address1", "地址", "详细地址", "通讯地址", "联系地址"),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks", "description", "备注", "说明", "备注信息"),
    "tags": ("tag", "tags", "labels", "标签", "客户标签"),
    "source": ("source", "leadsource", "channel", "origin", "来源", "客户来源", "渠道", "来源渠道"),
}  # fmt: skip
FIELDS = tuple(HEADERS)
SEVERAL = frozenset({"email", "phone", "note", "tags"})
OUR_COLUMNS = re.compile(r"error_(row|field|code|message)")
_FIELD_OF = {header: field for field, headers in HEADERS.items() for header in headers}
_DROP = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")


def guess(headers: Sequence[str]) -> dict[str, str]:
    """The field behind each header that is understood. Where two headers mean the same single-valued field, the first
    counts."""
    found: dict[str, str] = {}
    for header in headers:
        field = _field_of(header)
        if field and header not in found and (field in SEVERAL or field not in found.values()):
            found[header] = field
    return found


def corrected(guessed: Mapping[str, str], mapping: Mapping[str, str | None], headers: Sequence[str]) -> dict[str, str]:
    """`guessed` with what the user says instead: a header given a field, or None to leave it out. Invalid names every
    header that the file does not have, every unknown field and every field that is given twice."""
    errors = [
        FieldError("mapping", "unknown_column", f"The file has no column {header!r}.")
        for header in mapping
        if header not in headers
    ]
    if errors:
        raise Invalid.many(errors)
    check_fields(mapping)
    said = {field for field in mapping.values() if field and field not in SEVERAL}
    kept = {header: field for header, field in guessed.items() if header not in mapping and field not in said}
    result = kept | {header: field for header, field in mapping.items() if field}
    twice = [f for f in set(result.values()) - SEVERAL if list(result.values()).count(f) > 1]
    if twice:
        raise Invalid("mapping", "field_twice", f"Two columns are mapped to {sorted(twice)[0]!r}.")
    return {header: result[header] for header in headers if header in result}


def check_fields(mapping: Mapping[str, str | None]) -> None:
    """Invalid names every field that there is not."""
    unknown = [field for field in mapping.values() if field is not None and field not in FIELDS]
    if unknown:
        there = ", ".join(FIELDS)
        raise Invalid.many(
            [
                FieldError("mapping", "unknown_field", f"There is no field {field!r}; there are {there}.")
                for field in unknown
            ]
        )


def check_usable(mapping: Mapping[str, str]) -> None:
    """Rows without e-mail and phone cannot be told apart, so that no repeat would be safe. Invalid without either."""
    if not {"email", "phone"} & set(mapping.values()):
        raise Invalid("file", "no_contact_column", "The file needs a column with e-mail addresses or phone numbers.")


def check_headers(headers: Sequence[str]) -> None:
    """Invalid where the first line names no columns, or one twice."""
    named = [header for header in headers if header]
    if not named:
        raise Invalid("file", "no_header", "The first line of the file must name its columns.")
    twice = sorted({header for header in named if named.count(header) > 1})
    if twice:
        raise Invalid("file", "column_twice", f"The file has two columns named {twice[0]!r}.")


def person_name(name: str, given: str, family: str) -> str:
    """The full name: as given, or put together the way its script does it (王小明, but Anna Schmidt)."""
    if name or not (given or family):
        return name
    if not (given + family).isascii() and any("\u4e00" <= character <= "\u9fff" for character in family or given):
        return family + given
    return f"{given} {family}".strip()


def _field_of(header: str) -> str | None:
    if OUR_COLUMNS.fullmatch(header):
        return None
    folded = unicodedata.normalize("NFKC", header).casefold()
    plain = _DROP.sub("", folded)
    without_brackets = _DROP.sub("", _BRACKETS.sub("", folded))
    return _FIELD_OF.get(plain) or _FIELD_OF.get(without_brackets)
