#!/usr/bin/env python3
"""Reads event files by what TensorFlow and TensorBoard publish about them, and by nothing of ours:
the framing of records with its checksums (tensorflow/core/lib/io/record_writer.h), and the fields
of event.proto, summary.proto, tensor.proto, and of plugin_data.proto and api.proto of the hparams
plugin. `event_files.py DIRECTORY` prints a line for each thing that is told below it, and fails at
the first byte that is none of that."""
import os
import struct
import sys


class Wrong(Exception):
    pass


# Field number: name and type; a type is a scalar's name, a message, or a list of one.
VALUE = {1: ("null_value", "int"), 2: ("number_value", "double"), 3: ("string_value", "text"),
         4: ("bool_value", "int")}
LIST = {1: ("values", [VALUE])}
SHAPE = {2: ("dim", [{1: ("size", "int"), 2: ("name", "text")}]), 3: ("unknown_rank", "int")}
TENSOR = {1: ("dtype", "int"), 2: ("tensor_shape", SHAPE), 3: ("version_number", "int"),
          4: ("tensor_content", "bytes"), 5: ("float_val", ["float"]), 8: ("string_val", ["bytes"])}
METADATA = {1: ("plugin_data", {1: ("plugin_name", "text"), 2: ("content", "bytes")}),
            2: ("display_name", "text"), 3: ("summary_description", "text"),
            4: ("data_class", "int")}
IMAGE = {1: ("height", "int"), 2: ("width", "int"), 3: ("colorspace", "int"),
         4: ("encoded_image_string", "bytes")}
SUMMARY = {1: ("value", [{1: ("tag", "text"), 2: ("simple_value", "float"), 4: ("image", IMAGE),
                          7: ("node_name", "text"), 8: ("tensor", TENSOR),
                          9: ("metadata", METADATA)}])}
EVENT = {1: ("wall_time", "double"), 2: ("step", "int"), 3: ("file_version", "text"),
         5: ("summary", SUMMARY)}
ENTRY = {1: ("key", "text"), 2: ("value", VALUE)}
EXPERIMENT = {1: ("description", "text"), 2: ("user", "text"), 3: ("time_created_secs", "double"),
              4: ("hparam_infos", [{1: ("name", "text"), 2: ("display_name", "text"),
                                    3: ("description", "text"), 4: ("type", "int"),
                                    5: ("domain_discrete", LIST)}]),
              5: ("metric_infos", [{1: ("name", {1: ("group", "text"), 2: ("tag", "text")}),
                                    3: ("display_name", "text"), 4: ("description", "text"),
                                    5: ("dataset_type", "int")}]),
              6: ("name", "text")}
HPARAMS = {1: ("version", "int"), 2: ("experiment", EXPERIMENT),
           3: ("session_start_info", {1: ("hparams", [ENTRY]), 2: ("model_uri", "text"),
                                      3: ("monitor_url", "text"), 4: ("group_name", "text"),
                                      5: ("start_time_secs", "double")}),
           4: ("session_end_info", {1: ("status", "int"), 2: ("end_time_secs", "double")})}
WIRE = {"int": 0, "double": 1, "text": 2, "bytes": 2, "float": 5}


def checksum(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x82f63b78 if crc & 1 else crc >> 1
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def records(data):
    at = 0
    while at < len(data):
        head = data[at:at + 8]
        if len(data) - at < 16:
            raise Wrong("a record is cut off at byte %d" % at)
        size, = struct.unpack("<Q", head)
        body = data[at + 12:at + 12 + size]
        if struct.unpack("<I", data[at + 8:at + 12])[0] != checksum(head):
            raise Wrong("the length at byte %d has another checksum" % at)
        if len(body) != size or struct.unpack("<I", data[at + 12 + size:at + 16 + size])[0] != \
                checksum(body):
            raise Wrong("the record at byte %d has another checksum" % at)
        yield body
        at += 16 + size


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise Wrong("a number has more than ten bytes")


def message(data, fields):
    out = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if number not in fields:
            raise Wrong("there is no field %d beside %s" % (number, sorted(out)))
        name, kind = fields[number]
        repeated = isinstance(kind, list)
        kind = kind[0] if repeated else kind
        if wire != (2 if isinstance(kind, dict) else WIRE[kind]):
            raise Wrong("field %s has wire type %d" % (name, wire))
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            size, at = varint(data, at)
            if at + size > len(data):
                raise Wrong("field %s is longer than its message" % name)
            value = data[at:at + size]
            at += size
            if isinstance(kind, dict):
                value = message(value, kind)
            elif kind == "text":
                value = value.decode("utf-8")
        else:
            form = "<d" if wire == 1 else "<f"
            value, = struct.unpack_from(form, data, at)
            at += struct.calcsize(form)
        if repeated:
            out.setdefault(name, []).append(value)
        else:
            out[name] = value
    return out


def plain(value):
    if not value:
        raise Wrong("a value of a hyperparameter has no kind")
    (kind, found), = value.items()
    return bool(found) if kind == "bool_value" else found


def hparams(content):
    data = message(content, HPARAMS)
    if data.get("version", 0) != 0:
        raise Wrong("version %s of the hparams plugin" % data["version"])
    if "experiment" in data:
        for info in data["experiment"].get("hparam_infos", []):
            values = [plain(v) for v in info.get("domain_discrete", {}).get("values", [])]
            yield "hparam %s type %d of %s" % (info["name"], info.get("type", 0), values)
        for info in data["experiment"].get("metric_infos", []):
            yield "metric %s" % info["name"]["tag"]
    elif "session_start_info" in data:
        for entry in data["session_start_info"].get("hparams", []):
            yield "session %s=%r" % (entry["key"], plain(entry["value"]))
    else:
        yield "session ends with %d" % data["session_end_info"].get("status", 0)


def told(data):
    first = True
    for record in records(data):
        event = message(record, EVENT)
        if first != (event.get("file_version") == "brain.Event:2"):
            raise Wrong("the version stands in the first event and in no other")
        first = False
        for value in event.get("summary", {}).get("value", []):
            step = event.get("step", 0)
            plugin = value.get("metadata", {}).get("plugin_data", {})
            if plugin.get("plugin_name") == "hparams":
                yield from hparams(plugin["content"])
            elif "image" in value:
                image = value["image"]
                yield "image %s %dx%d, %d bytes" % (value["tag"], image["width"], image["height"],
                                                    len(image["encoded_image_string"]))
            elif "simple_value" in value:
                yield "scalar %s step %d is %g" % (value["tag"], step, value["simple_value"])
            elif value.get("tensor", {}).get("dtype") == 7:
                yield "text %s is %s" % (value["tag"],
                                         value["tensor"]["string_val"][0].decode("utf-8"))
            elif value.get("tensor", {}).get("dtype") == 1:
                content = value["tensor"].get("tensor_content", b"")
                yield "tensor %s step %d is %g" % (value["tag"], step,
                                                   struct.unpack("<f", content)[0])
            else:
                raise Wrong("value %s is of no known kind" % value)
    if first:
        raise Wrong("there is no event")


def main():
    files = 0
    for base, directories, names in os.walk(sys.argv[1], followlinks=True):
        directories.sort()
        for name in sorted(names):
            if "tfevents" not in name:
                continue
            files += 1
            with open(os.path.join(base, name), "rb") as file:
                data = file.read()
            try:
                for line in told(data):
                    print(line)
            except (Wrong, struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
                sys.exit("%s: %s" % (os.path.join(base, name), error or type(error).__name__))
    if files == 0:
        sys.exit("there are no event files below " + sys.argv[1])


if __name__ == "__main__":
    main()
