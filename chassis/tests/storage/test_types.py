"""What a file is by its content, and what it may be called."""

from __future__ import annotations

import io
import zipfile

import pytest

from chassis.errors import Invalid
from chassis.storage import clean_name, media_type

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("Types", "[Content_Types].xml"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media"),
    [
        (b"%PDF-1.4\n", "a.PDF", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(32), "a.png", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(32), "a.jpeg", "image/jpeg"),
        (b"plain", "a.txt", "text/plain"),
        ("名称,电话\n".encode("gb18030"), "a.csv", "text/csv"),
        (("语" * 5000).encode(), "a.txt", "text/plain"),
        ("x\nÄ".encode("utf-16"), "a.txt", "text/plain"),
        (archive(Types="", word__document="x"), "a.docx", WORD),
        (archive(readme="x"), "a.zip", "application/zip"),
        (
            archive(mimetype="application/vnd.oasis.opendocument.text"),
            "a.odt",
            "application/vnd.oasis.opendocument.text",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "application/vnd.ms-excel"),
    ],
)
def test_content_says_what_it_is(content: bytes, name: str, media: str) -> None:
    assert media_type(io.BytesIO(content), name) == media


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ" + bytes(100), "a.pdf", "type_not_allowed"),
        (b"\x7fELF" + bytes(100), "a.txt", "type_not_allowed"),
        (b"  <!DOCTYPE html><p>", "a.txt", "type_not_allowed"),
        (b"\xef\xbb\xbf<script>", "a.csv", "type_not_allowed"),
        (b"PK\x03\x04broken", "a.zip", "type_not_allowed"),
        (archive(Types="", xl__workbook="x"), "a.docx", "type_mismatch"),
        (bytes(100), "a.txt", "type_not_allowed"),
    ],
)
def test_what_is_none_of_them_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        media_type(io.BytesIO(content), name)
    assert refused.value.errors[0].code == code


def test_macros_and_what_is_not_allowed_here_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            file.writestr(name, "x")
    with pytest.raises(Invalid):
        media_type(out, "a.docx")
    with pytest.raises(Invalid):
        media_type(io.BytesIO(b"%PDF-1.4\n"), "a.pdf", {"png"})


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("C:\\temp\\..\\offer.pdf", "offer.pdf"),
        ("/etc/passwd", "passwd"),
        ("bill\r\nX: y\x00.pdf", "billX_ y.pdf"),
        ("gpj\u202e.exe", "gpj.exe"),
        ("con.txt", "_con.txt"),
        (" .hidden. ", "hidden"),
        ("e\u0301.txt", "é.txt"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_made_safe(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_a_name_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        clean_name("../")
