#include "engine/project/fetch_script.hpp"

namespace outrider {

std::string_view fetch_script() {
    static constexpr std::string_view script = R"python(
import fcntl, gzip, hashlib, json, os, shutil, stat, sys, tarfile, time, zipfile
import urllib.error, urllib.parse, urllib.request

home, url, archive, expected = sys.argv[1:5]
expected = expected.lower()

class Refused(Exception):
    pass

def say(**what):
    print(json.dumps(what), flush=True)

def sum_of(path):
    out = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            out.update(block)
    return out.hexdigest()

def read_json(path):
    try:
        with open(path) as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}

parts = urllib.parse.urlparse(url)
name = urllib.parse.unquote(os.path.basename(parts.path))
if not name or "/" in name or "\0" in name or name in (".", ".."):
    say(error="the address names no file: " + url)
    sys.exit()
where = os.path.join(home, "cache", "resources",
                     hashlib.sha224("\n".join(parts).encode()).hexdigest())
path = os.path.join(where, name)
sum_path = os.path.join(where, ".guild-cache-%s.sha" % name)
list_path = os.path.join(where, ".guild-cache-%s.unpacked" % name)
part = os.path.join(where, ".outrider-%s.part" % name)
facts_path = os.path.join(where, ".outrider-%s.json" % name)

def attempt():
    """One request; true when the file is whole."""
    facts = read_json(facts_path)
    have = os.path.getsize(part) if os.path.exists(part) else 0
    same = facts.get("etag") or facts.get("modified")
    headers = {"User-Agent": "outrider", "Accept-Encoding": "identity"}
    if have and same:
        headers["Range"] = "bytes=%d-" % have
        headers["If-Range"] = same
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60)
    except urllib.error.HTTPError as e:
        if e.code == 416 and have:  # nothing is left of it, or it is another one by now
            os.remove(part)
            return False
        raise
    with answer:
        goes_on = getattr(answer, "status", None) == 206
        have = have if goes_on else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        if not goes_on:
            etag = answer.headers.get("ETag") or ""
            with open(facts_path, "w") as f:
                json.dump({"etag": "" if etag.startswith("W/") else etag,
                           "modified": answer.headers.get("Last-Modified")}, f)
        said = 0.0
        with open(part, "ab" if goes_on else "wb") as f:
            while True:
                block = answer.read(1 << 18)
                if not block:
                    break
                f.write(block)
                have += len(block)
                if time.monotonic() - said > 0.25:
                    said = time.monotonic()
                    say(done=have, total=total)
        return total is None or have == total

def download():
    for pause in (1, 2, 4, None):
        try:
            if attempt():
                os.replace(part, path)
                if os.path.exists(facts_path):
                    os.remove(facts_path)
                return
            why = "the connection was closed early"
        except urllib.error.HTTPError as e:
            if e.code < 500 and e.code not in (408, 429):
                raise
            why = str(e)
        except (OSError, EOFError) as e:
            if isinstance(e, OSError) and e.errno in (28, 122, 13, 30):  # disk, quota, rights
                raise
            why = str(e.reason) if isinstance(e, urllib.error.URLError) else str(e)
        except Exception as e:
            if not type(e).__module__.startswith("http"):
                raise
            why = str(e) or type(e).__name__
        if pause is None or not os.path.exists(part):
            raise Refused(why)
        time.sleep(pause)

def sum_in_cache():
    try:
        if os.path.getmtime(sum_path) >= os.path.getmtime(path):
            with open(sum_path) as f:
                return f.read().strip()
    except OSError:
        pass
    out = sum_of(path)
    with open(sum_path + ".new", "w") as f:
        f.write(out)
    os.replace(sum_path + ".new", sum_path)
    return out

def safe(entry):
    entry = os.path.normpath(entry)
    if os.path.isabs(entry) or entry == ".." or entry.startswith("../"):
        raise Refused("cannot unpack '%s': the entry '%s' leads out of it" % (name, entry))
    return entry

def unpack_zip(into):
    with zipfile.ZipFile(path) as z:
        for info in z.infolist():
            safe(info.filename)
            out = z.extract(info, into)
            mode = info.external_attr >> 16 & 0o777
            if mode and not info.is_dir():
                os.chmod(out, mode | 0o600)

def unpack_tar(into):
    with tarfile.open(path) as t:
        members = []
        for m in t:
            entry = safe(m.name)
            if m.issym() or m.islnk():
                base = os.path.dirname(entry) if m.issym() else ""
                if os.path.isabs(m.linkname):
                    raise Refused("cannot unpack '%s': the link '%s' leads out of it" % (name, entry))
                safe(os.path.join(base, m.linkname))
            elif not (m.isfile() or m.isdir()):
                raise Refused("cannot unpack '%s': the entry '%s' is a device" % (name, entry))
            m.mode |= 0o700 if m.isdir() else 0o600
            members.append(m)
        # Links last, so that nothing is ever written through one.
        members.sort(key=lambda m: m.issym())
        for m in members:
            parent = os.path.realpath(os.path.join(into, os.path.dirname(m.name)))
            if (parent + "/").startswith(os.path.realpath(into) + "/"):
                t.extract(m, into, set_attrs=not m.issym())
            else:
                raise Refused("cannot unpack '%s': '%s' leads through a link" % (name, m.name))

def unpack_gz(into):
    out = name[:-3] if name.lower().endswith(".gz") else name
    with gzip.open(path) as f, open(os.path.join(into, out), "wb") as g:
        shutil.copyfileobj(f, g, 1 << 20)

def listed():
    """The top entries of what was unpacked before, if all of them are there."""
    try:
        if os.path.getmtime(list_path) < os.path.getmtime(path):
            return None
        with open(list_path) as f:
            tops = sorted({line.rstrip("\n").split("/")[0] for line in f if line.strip()})
    except OSError:
        return None
    return tops if all(os.path.lexists(os.path.join(where, t)) for t in tops) else None

def unpack():
    into = os.path.join(where, ".outrider-unpacking")
    shutil.rmtree(into, ignore_errors=True)
    os.mkdir(into)
    try:
        {"zip": unpack_zip, "tar": unpack_tar, "gz": unpack_gz}[archive](into)
    except KeyError:
        raise Refused("unsupported archive type '%s'" % archive)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as e:
        raise Refused("cannot unpack '%s': %s" % (name, e))
    names = []
    for base, dirs, files in os.walk(into):
        below = os.path.relpath(base, into)
        names += [os.path.normpath(os.path.join(below, n)) for n in files + dirs]
    tops = sorted(os.listdir(into))
    for top in tops:
        place = os.path.join(where, top)
        if top == name:
            raise Refused("cannot unpack '%s': it holds a file of its own name" % name)
        if os.path.islink(place) or os.path.isfile(place):
            os.remove(place)
        elif os.path.isdir(place):
            shutil.rmtree(place)
        os.rename(os.path.join(into, top), place)
    os.rmdir(into)
    with open(list_path, "w") as f:
        f.writelines(n + "\n" for n in sorted(names))
    return tops

def main():
    os.makedirs(where, exist_ok=True)
    lock = open(os.path.join(where, ".outrider-lock"), "w")
    fcntl.flock(lock, fcntl.LOCK_EX)  # another run may want the same
    cached = os.path.exists(path)
    if not cached:
        download()
    found = sum_in_cache() if expected else ""
    if expected and found != expected:
        if cached:  # the file of an earlier version, perhaps
            os.rename(path, path + ".old")
            try:
                download()
                cached = False
                found = sum_in_cache()
            except Exception:
                os.rename(path + ".old", path)
            else:
                os.remove(path + ".old")
        if found != expected:
            raise Refused("bad sha256 for '%s' (expected %s but got %s)" % (path, expected, found))
    names, unpacked = [], False
    if archive:
        names = listed()
        if names is None:
            names, unpacked = unpack(), True
    say(path=path, name=name, sha256=found, cached=cached, unpacked=unpacked, names=names)

try:
    main()
except urllib.error.URLError as e:
    say(error=str(e) if isinstance(e, urllib.error.HTTPError) else "%s (%s)" % (e.reason, url))
except (Refused, OSError, ValueError) as e:
    say(error=str(e))
)python";
    return script;
}

} // namespace outrider
