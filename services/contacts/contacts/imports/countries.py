"""Countries as people write them."""

from __future__ import annotations

import gettext
from functools import cache

import pycountry
from marshmallow import ValidationError

from chassis.schema import fields
from contacts.imports.targets import plain

_LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "fi", "cs", "zh_CN")  # besides English

_NAMES = {
    "CN": "china prc 中国 中华人民共和国 中國 mainlandchina", "HK": "hongkong 香港 中国香港",
    "TW": "taiwan 台湾 台灣 中国台湾", "MO": "macau macao 澳门",
    "US": "usa unitedstates unitedstatesofamerica america 美国",
    "GB": "uk unitedkingdom greatbritain england großbritannien grossbritannien 英国", "DE": "germany deutschland 德国",
    "FR": "france 法国", "JP": "japan 日本",
    "KR": "korea southkorea 韩国 republicofkorea", "SG": "singapore 新加坡", "IN": "india 印度",
    "AU": "australia 澳大利亚",
    "CA": "canada 加拿大", "IT": "italy italia 意大利", "ES": "spain españa 西班牙", "NL": "netherlands holland 荷兰",
    "CH": "switzerland schweiz 瑞士", "AT": "austria österreich 奥地利", "SE": "sweden 瑞典", "NO": "norway 挪威",
    "DK": "denmark 丹麦", "FI": "finland 芬兰", "BE": "belgium 比利时", "IE": "ireland 爱尔兰", "PT": "portugal 葡萄牙",
    "PL": "poland 波兰", "CZ": "czechia czechrepublic 捷克", "RU": "russia russianfederation 俄罗斯",
    "UA": "ukraine 乌克兰", "TR": "turkey türkiye 土耳其",
    "BR": "brazil brasil 巴西", "MX": "mexico 墨西哥", "AR": "argentina 阿根廷",
    "CL": "chile 智利", "ZA": "southafrica 南非", "EG": "egypt 埃及", "AE": "uae unitedarabemirates 阿联酋",
    "SA": "saudiarabia 沙特阿拉伯 沙特", "IL": "israel 以色列", "MY": "malaysia 马来西亚", "TH": "thailand 泰国",
    "VN": "vietnam 越南", "ID": "indonesia 印度尼西亚 印尼", "PH": "philippines 菲律宾", "NZ": "newzealand 新西兰",
}  # fmt: skip
_CODE_OF = {name: code for code, names in _NAMES.items() for name in names.split()}
_code = fields.CountryCode()


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code for a code of two or three letters, a usual name, or the one that a country has in
    English, Chinese or a language of `_LANGUAGES`. marshmallow's ValidationError if it is none."""
    code = _CODE_OF.get("".join(text.casefold().replace(".", "").split()))
    if code is None:
        try:
            code = _code.deserialize(text.strip())
        except ValidationError:
            code = _all_names().get(plain(text))
            if code is None:
                raise
    return code


@cache
def _all_names() -> dict[str, str]:
    """As the library translates them; read when somebody first writes a name that is not among the usual ones."""
    found: dict[str, str] = {}
    for country in pycountry.countries:
        kinds = ("name", "common_name", "official_name")
        names = {country.alpha_3, *(getattr(country, kind) for kind in kinds if hasattr(country, kind))}
        found |= {plain(name): country.alpha_2 for name in names}
        for language in _LANGUAGES:
            translated = _translation(language).gettext
            found |= {plain(translated(name)): country.alpha_2 for name in names}
    return found


@cache
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
