"""What the tests of the registry's formats share: the schema of the upload."""

from __future__ import annotations

from pathlib import Path

import pytest
import xmlschema

RESULTS = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://clinicaltrials.gov/rrs">
<xs:element name="result" type="xs:anyType"/><xs:element name="resultDisposition" type="xs:anyType"/></xs:schema>"""
"""The schema of the results upload is imported by that of the protocol and is not published: nothing of it is used."""


@pytest.fixture(scope="session")
def prs_schema(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> xmlschema.XMLSchema:
    """The registry's schema. The one element of TextBlock is read as a sequence, which is the same: the validator does
    not take an extension of an `all` group by an attribute, which XML Schema 1.0 allows."""
    folder = tmp_path_factory.mktemp("schema")
    text = (corpus / "ctgov-schemas" / "ProtocolRecordSchema.xsd").read_text(encoding="utf-8")
    before, name, after = text.partition('<xs:complexType name="TextBlock">')
    assert name
    after = after.replace("<xs:all>", "<xs:sequence>", 1).replace("</xs:all>", "</xs:sequence>", 1)
    (folder / "protocol.xsd").write_text(before + name + after, encoding="utf-8")
    (folder / "results.xsd").write_text(RESULTS, encoding="utf-8")
    results = {"http://clinicaltrials.gov/rrs": str(folder / "results.xsd")}
    return xmlschema.XMLSchema(str(folder / "protocol.xsd"), locations=results)
