#!/usr/bin/env python3
"""Writes protocol.txt from the descriptors that a PySpark release ships.

Usage: record_protocol.py SITE_PACKAGES/pyspark/sql/connect/proto > protocol.txt

The generated modules are not imported: the serialized descriptors are read out of
their syntax trees. Needs the `protobuf` package.
"""

import ast
import pathlib
import sys

from google.protobuf import descriptor_pb2 as d

FIELD = d.FieldDescriptorProto
TYPES = {number: name[5:].lower() for name, number in FIELD.Type.items()}


def files(directory):
    for path in sorted(pathlib.Path(directory).glob("*_pb2.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
                yield d.FileDescriptorProto.FromString(ast.literal_eval(node.args[0]))


def kind(field):
    return field.type_name.lstrip(".") if field.type_name else TYPES[field.type]


def label(field):
    if field.label == FIELD.LABEL_REPEATED:
        return "repeated"
    return "optional" if field.proto3_optional else "singular"


def message(scope, m):
    name = f"{scope}.{m.name}"
    maps = {f".{name}.{n.name}": n for n in m.nested_type if n.options.map_entry}
    yield f"message {name}"
    for f in m.field:
        of, how = kind(f), label(f)
        if f.type_name in maps:
            key, value = maps[f.type_name].field
            of, how = f"map<{kind(key)},{kind(value)}>", "map"
        inside = f.HasField("oneof_index") and not f.proto3_optional
        oneof = m.oneof_decl[f.oneof_index].name if inside else "-"
        yield f"field {name} {f.name} {f.number} {of} {how} {oneof}"
    for e in m.enum_type:
        yield from enum(name, e)
    for n in m.nested_type:
        if not n.options.map_entry:
            yield from message(name, n)


def enum(scope, e):
    for v in e.value:
        yield f"enum {scope}.{e.name} {v.name} {v.number}"


def rpc(scope, s):
    for r in s.method:
        streams = "stream " * r.client_streaming, "stream " * r.server_streaming
        yield (f"rpc {scope}.{s.name} {r.name} {streams[0]}{r.input_type.lstrip('.')} "
               f"-> {streams[1]}{r.output_type.lstrip('.')}")


def main():
    lines = []
    for f in files(sys.argv[1]):
        for m in f.message_type:
            lines += message(f.package, m)
        for e in f.enum_type:
            lines += enum(f.package, e)
        for s in f.service:
            lines += rpc(f.package, s)
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
