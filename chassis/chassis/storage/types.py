"""What a file is, by its content. Its name only chooses among what that content can be."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from typing import IO

import filetype

from chassis.errors import Invalid
from chassis.storage.names import extension_of

_HEAD = 8192
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: Word, Excel, PowerPoint and Outlook before 2007
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")

# What content looks like -> the extensions that it may have -> its media type.
FAMILIES: dict[str, dict[str, str]] = {
    "text": {
        "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv", "json": "application/json",
        "ics": "text/calendar", "vcf": "text/vcard", "eml": "message/rfc822",
    },
    "ole": {
        "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
        "msg": "application/vnd.ms-outlook",
    },
    "word": {"docx": f"{_OFFICE}wordprocessingml.document"},
    "xl": {"xlsx": f"{_OFFICE}spreadsheetml.sheet"},
    "ppt": {"pptx": f"{_OFFICE}presentationml.presentation"},
    f"{_OPEN}text": {"odt": f"{_OPEN}text"},
    f"{_OPEN}spreadsheet": {"ods": f"{_OPEN}spreadsheet"},
    f"{_OPEN}presentation": {"odp": f"{_OPEN}presentation"},
    "application/zip": {"zip": "application/zip"},
    "application/pdf": {"pdf": "application/pdf"},
    "application/rtf": {"rtf": "application/rtf"},
    "image/png": {"png": "image/png"},
    "image/jpeg": {"jpg": "image/jpeg", "jpeg": "image/jpeg"},
    "image/gif": {"gif": "image/gif"},
    "image/webp": {"webp": "image/webp"},
    "image/bmp": {"bmp": "image/bmp"},
    "image/tiff": {"tif": "image/tiff", "tiff": "image/tiff"},
    "image/heic": {"heic": "image/heic"},
    "audio/mpeg": {"mp3": "audio/mpeg"},
    "audio/x-wav": {"wav": "audio/wav"},
    "audio/mp4": {"m4a": "audio/mp4"},
    "video/mp4": {"mp4": "video/mp4"},
    "video/quicktime": {"mov": "video/quicktime"},
}  # fmt: skip
EXTENSIONS = frozenset(extension for family in FAMILIES.values() for extension in family)


def media_type(stream: IO[bytes], name: str, allowed: Collection[str] = EXTENSIONS) -> str:
    """The media type of a file called `name`. Invalid for what is none of the `allowed` extensions by its content, and
    for a name that says it were something else."""
    possible = FAMILIES.get(family_of(stream), {})
    good = [extension for extension in possible if extension in allowed]
    if not good:
        raise Invalid("file", "type_not_allowed", f"Files here are by their content: {', '.join(sorted(allowed))}.")
    extension = extension_of(name)
    if extension not in good:
        raise Invalid("file", "type_mismatch", f"By its content the file's name must end in {_listed(good)}.")
    return possible[extension]


def family_of(stream: IO[bytes]) -> str:
    """What the content looks like: a key of `FAMILIES`, or something that is none."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(stream)
    if head.startswith(_OLE):
        return "ole"
    found = filetype.guess_mime(head)
    if found is not None:
        return str(found)
    return "text" if _is_text(head) else "unknown"


def _zipped(stream: IO[bytes]) -> str:
    """Office documents are archives with parts of well-known names. One with macros is not what it says."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return "unknown"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macros"
    if "[Content_Types].xml" not in names:
        return "application/zip"
    return next((part for part in ("word", "xl", "ppt") if any(n.startswith(f"{part}/") for n in names)), "unknown")


def _is_text(head: bytes) -> bool:
    """Whether it reads as text: UTF-8, UTF-16 with its mark, or a Chinese encoding. Markup that a browser would run is
    not."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return not _MARKUP.match(head.decode("utf-16", "replace").encode("utf-8", "replace").lstrip(b"\xef\xbb\xbf"))
    if any(byte < 9 or 13 < byte < 27 for byte in head) or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the block may end within a character
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _listed(extensions: list[str]) -> str:
    return " or ".join(f".{extension}" for extension in extensions)
