"""Reads the texts of an SVG document."""

import xml.etree.ElementTree as ET


def texts_of(svg):
    return {"".join(text.itertext()) for text in ET.fromstring(svg).findall(".//{*}text")}
