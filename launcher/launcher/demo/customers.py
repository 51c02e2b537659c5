"""A customer list as one finds it in a company's drawer: five thousand rows, none of them quite in order.

Chinese and Western names, phones in every spelling, the same customer twice in other words, and rows that nobody can
use. The same seed makes the same file.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass

HEADER = ["姓名", "公司名称", "手机", "电子邮件", "职位", "国家", "省份", "邮编", "来源", "备注"]

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍红鹏宇浩凯健俊帆雪琳倩欣怡佳瑶晨阳子涵梓轩一诺"
PINYIN = {
    "王": "wang",
    "李": "li",
    "张": "zhang",
    "刘": "liu",
    "陈": "chen",
    "杨": "yang",
    "赵": "zhao",
    "黄": "huang",
}
FIRST = "Anna James Maria Peter Sofia Lukas Emma Noah Olivia Paul Clara Hugo Nina David Laura Simon Julia Marco".split()
LAST = "Schmidt Miller Rossi Dubois Novak Jensen Silva Meyer Moreau Kowalski Garcia Weber Brown Fischer Martin".split()
TRADES = ["科技", "贸易", "电子", "机械", "食品", "物流", "医疗器械", "信息技术", "新材料", "环保"]
BRANDS = "华信 鼎盛 博远 天成 瑞丰 金桥 东方 新海 中联 恒通 嘉禾 远大 立信 安泰 万和".split()
FORMS = ["有限公司", "股份有限公司", "有限责任公司", "(集团)有限公司", "（中国）有限公司"]
WESTERN = "Nordwind Bluestone Hanse Kestrel Pinewood Solaris Alpenhof Meridian Oakfield Brightwater".split()
WESTERN_FORMS = ["GmbH", "Ltd", "Ltd.", "Inc.", "S.A.", "B.V.", "AG", "LLC"]
PLACES = [
    ("北京市", "100000"),
    ("上海市", "200000"),
    ("广东省", "510000"),
    ("浙江省", "310000"),
    ("江苏省", "210000"),
]
COUNTRIES = [("DE", "+49 30 {}", 8), ("FR", "+33 1 {}", 8), ("GB", "+44 20 {}", 8), ("US", "+1 212 {}", 7)]
PREFIXES = ["135", "138", "139", "150", "158", "186", "189", "199"]
TITLES = ["采购经理", "总经理", "IT主管", "Buyer", "Head of Operations", "CFO", "工程师", "", ""]
SOURCES = ["展会", "官网", "转介绍", "电话", "广告", "Trade show", "LinkedIn", ""]
NOTES = [
    "",
    "",
    "",
    "要求月结",
    "喜欢邮件沟通, 少打电话",
    'asked for a "pilot" first',
    "VIP；年框",
    "=客户很重要",
]

BAD_EMAILS = ["not an address", "missing.at.example.com", "a@b@c.com", "name@", "@example.com", "空"]
BAD_PHONES = ["12345", "电话不详", "1380013800", "138001380000", "00000000000", "n/a"]


@dataclass
class Customer:
    """One row, in the order of HEADER."""

    name: str
    company: str
    phone: str
    email: str
    title: str
    country: str
    province: str
    postcode: str
    source: str
    note: str

    def row(self) -> list[str]:
        """The row's cells."""
        return list(vars(self).values())


def customer_file(count: int = 5000, seed: int = 2026) -> tuple[bytes, dict[str, int]]:
    """A CSV of `count` rows as UTF-8 with a byte order mark, as spreadsheets write it, and how many rows are what.

    About 1 in 12 is an earlier customer in another spelling, 1 in 40 cannot be used at all.
    """
    dice = random.Random(seed)  # noqa: S311 - the same seed makes the same file
    rows: list[Customer] = []
    kinds = {"new": 0, "duplicate": 0, "bad": 0}
    while len(rows) < count:
        chance = dice.random()
        kind = "bad" if chance < 1 / 40 else "duplicate" if chance < 1 / 40 + 1 / 12 and rows else "new"
        kinds[kind] += 1
        fresh = _chinese(dice, len(rows)) if dice.random() < 0.75 else _western(dice, len(rows))
        match kind:
            case "duplicate":
                rows.append(_again(dice, dice.choice(rows)))
            case "bad":
                rows.append(_spoilt(dice, fresh))
            case _:
                rows.append(fresh)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(row.row() for row in rows)
    return text.getvalue().encode("utf-8-sig"), kinds


def _chinese(dice: random.Random, number: int) -> Customer:
    family, given = dice.choice(FAMILY), "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
    company = dice.choice(PLACES)[0][:2] + dice.choice(BRANDS) + dice.choice(TRADES) + dice.choice(FORMS)
    province, postcode = dice.choice(PLACES)
    mobile = f"{dice.choice(PREFIXES)}{number:08d}"
    has_mail = dice.random() < 0.7
    mail = f"{PINYIN.get(family, 'kh')}{number}@{dice.choice(('example.cn', 'example.com', 'mail.example.cn'))}"
    return Customer(
        dice.choice(("{}", "{}", " {} ")).format(family + given),
        company,
        "" if has_mail and dice.random() < 0.06 else spelling(dice, mobile),
        mail if has_mail else "",
        dice.choice(TITLES),
        dice.choice(("CN", "中国", "China", "")),
        province,
        f"{int(postcode) + dice.randrange(9999):06d}",
        dice.choice(SOURCES),
        dice.choice(NOTES),
    )


def _western(dice: random.Random, number: int) -> Customer:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    country, pattern, digits = dice.choice(COUNTRIES)
    phone = pattern.format(str(20_000_000 + number)[-digits:] if country != "US" else f"{5550000 + number % 9999}")
    return Customer(
        dice.choice((f"{first} {last}", f"{first.upper()} {last.upper()}", f"{last}, {first}")),
        f"{dice.choice(WESTERN)} {dice.choice(WESTERN_FORMS)}",
        phone if country == "DE" else "",
        f"{first}.{last}{number}@{dice.choice(('example.com', 'example.org', 'example.net'))}",
        dice.choice(TITLES),
        country,
        "",
        f"{dice.randrange(10_000, 99_999)}",
        dice.choice(SOURCES),
        dice.choice(NOTES),
    )


def spelling(dice: random.Random, mobile: str) -> str:
    """An 11-digit mobile as somebody may have typed it."""
    a, b, c = mobile[:3], mobile[3:7], mobile[7:]
    ways: list[Callable[[], str]] = [
        lambda: mobile,
        lambda: f"{a} {b} {c}",
        lambda: f"{a}-{b}-{c}",
        lambda: f"+86 {a} {b} {c}",
        lambda: f"0086{mobile}",
        lambda: f"(+86){mobile}",
        lambda: mobile.translate({ord("0") + i: 0xFF10 + i for i in range(10)}),
        lambda: f" {mobile}",
    ]
    return dice.choice(ways)()


def _again(dice: random.Random, known: Customer) -> Customer:
    """The same customer, as another colleague wrote it down."""
    again = Customer(*known.row())
    again.email = again.email.upper() if dice.random() < 0.5 else again.email
    again.company = again.company.replace("(", "（").replace(")", "）").upper()
    again.name = f"  {again.name} "
    again.source, again.note = dice.choice(SOURCES), dice.choice(NOTES)
    return again


def _spoilt(dice: random.Random, row: Customer) -> Customer:
    """A row that breaks a rule."""
    match dice.randrange(4):
        case 0:
            row.email = dice.choice(BAD_EMAILS)
        case 1:
            row.phone = dice.choice(BAD_PHONES)
        case 2:
            row.name = ""
        case _:
            row.phone = row.email = ""
    return row
