"""What the columns of a customer list are called: in Chinese and English, and elsewhere (`abroad`)."""

from __future__ import annotations

from contacts.addresses.columns import COLUMNS
from contacts.imports import abroad
from contacts.imports.targets import Target
from contacts.points.networks import NETWORKS

# Fields that may come from several columns.
_SEVERAL = frozenset({"email", "phone", "note", "tags"})
_PARTS = frozenset({"country", "region", "city", "postcode", "address"})
_PEOPLE: dict[str, tuple[str, ...]] = {
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
    "department": ("department", "dept", "division", "部门", "所属部门"),
    "country": ("country", "countrycode", "nation", "国家", "国别", "国家地区", "國家"),
    "region": ("region", "state", "province", "county", "省", "省份", "地区", "省市", "州"),
    "city": ("city", "town", "城市", "市", "所在城市"),
    "postcode": ("postcode", "zip", "zipcode", "postalcode", "邮编", "邮政编码", "郵遞區號"),
    "address": ("address", "street", "streetaddress", "address1", "地址", "详细地址", "通讯地址", "联系地址"),
    "address_kind": ("addresskind", "addresstype", "地址类型", "地址类别", "地址用途"),
    "roles": (
        "roles", "relationship", "relationshiptype", "contacttype", "customertype", "accounttype", "角色", "客户类型",
        "客户角色", "关系类型",
    ),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks", "description", "备注", "说明", "备注信息"),
    "tags": ("tag", "tags", "labels", "标签", "客户标签"),
    "source": ("source", "leadsource", "channel", "origin", "来源", "客户来源", "渠道", "来源渠道"),
}  # fmt: skip
_PEOPLE = {field: (*words, *abroad.HEADERS.get(field, ())) for field, words in _PEOPLE.items()}
_ACCOUNTS = {
    "wechat": ("wechat", "wechatid", "weixin", "微信", "微信号"),
    "whatsapp": ("whatsapp", "whatsappnumber"),
    "linkedin": ("linkedin", "linkedinurl", "linkedinprofile", "领英"),
    "x": ("twitter", "xtwitter", "twitterhandle"),
    "weibo": ("weibo", "微博", "新浪微博"),
    "line": ("lineid",),
    "qq": ("qq", "qq号", "qq号码"),
    "douyin": ("douyin", "抖音", "抖音号"),
    "xiaohongshu": ("xiaohongshu", "小红书", "小红书号"),
    "dingtalk": ("dingtalk", "钉钉", "钉钉号"),
}
# What a part of an address is called goes behind what the address is for: `shipping city`, `收货城市`.
_FOR: dict[str, tuple[str, ...]] = {
    "office": ("office", "work", "business", "办公"),
    "home": ("home", "private", "家庭", "住宅"),
    "billing": ("billing", "invoice", "账单", "开票", "发票"),
    "shipping": ("shipping", "delivery", "收货", "送货", "发货", "寄送"),
    "registered": ("registered", "legal", "注册"),
    "warehouse": ("warehouse", "仓库"),
    "other": ("other", "其他", "其它"),
}
_AT_WORK = ("company", "公司", "单位")  # of a person; a company's own address is its primary one


# A customer is whom a list is about: where it names a contact, too, that is the company of the contact.
_CUSTOMER, _CONTACT = ("customer", "customer name", "客户", "客户名称", "kunde"), frozenset({"name", "family_name"})


def _called(field: str, words: tuple[str, ...]) -> tuple[str, ...]:
    main = abroad.MAIN if field in _PARTS else ()
    return (*words, *(stem + word for stem in main for word in words))


def _addresses(at_work: tuple[str, ...] = ()) -> tuple[Target, ...]:
    stems = _FOR | {"office": (*_FOR["office"], *at_work)}
    return tuple(
        Target(name, tuple(stem + word for stem in stems[kind] for word in _PEOPLE[part]))
        for name, (kind, part) in COLUMNS.items()
    )


_HANDLES = (Target(f"handle:{name}", _ACCOUNTS.get(name, (name,)), several=True) for name in NETWORKS)
_PERSON = tuple(
    Target(name, _called(name, headers), name in _SEVERAL, *((_CUSTOMER, _CONTACT) if name == "company_name" else ()))
    for name, headers in _PEOPLE.items()
)
PEOPLE = (*_addresses(_AT_WORK), *_PERSON, *_HANDLES)

_COMPANIES: dict[str, tuple[str, ...]] = {
    "name": (
        "name", *_PEOPLE["company_name"], "customer", "customername", "legalname", "名称", "客户", "客户名称", "全称",
        "单位全称", "公司全称", "会社名", "kunde", "nom", "nombre", "nome", "naam",
    ),
    "domain": ("domain", "website", "web", "url", "homepage", "site", "网址", "网站", "官网", "域名", "主页"),
    "industry": ("industry", "sector", "line of business", "行业", "所属行业", "行业类别", "行业类型"),
    "employees": (
        "employees", "headcount", "staff", "number of employees", "company size", "员工数", "员工人数", "人数",
        "公司人数", "公司规模",
    ),
    **{name: _PEOPLE[name] for name in ("phone", "email", "country", "region", "city", "postcode", "address")},
    **{name: _PEOPLE[name] for name in ("address_kind", "roles", "note", "tags", "source")},
}  # fmt: skip
_COMPANIES["address"] += tuple(stem + word for stem in _AT_WORK for word in _PEOPLE["address"])
_COMPANY = tuple(
    Target(name, (*_called(name, headers), *(() if name in _PEOPLE else abroad.HEADERS[name])), name in _SEVERAL)
    for name, headers in _COMPANIES.items()
)
COMPANIES = (*_addresses(), *_COMPANY)
