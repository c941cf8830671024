"""Answers one JSON line a case: what Python, and botocore where it is installed, make of it."""

import hashlib
import json
import shlex
import sys

try:
    from botocore.compat import compat_shell_split
    from botocore.credentials import AssumeRoleCredentialFetcher, SSOCredentialFetcher
except ImportError:
    compat_shell_split = AssumeRoleCredentialFetcher = SSOCredentialFetcher = None


def sha1(text):
    return hashlib.sha1(text.encode("utf-8")).hexdigest()


def role(args):
    plain = dict(args)
    if "Policy" in plain:
        plain["Policy"] = json.loads(plain["Policy"])
    name = sha1(json.dumps(plain, sort_keys=True))
    if AssumeRoleCredentialFetcher:
        extra = {key: value for key, value in args.items() if key != "RoleArn"}
        fetcher = AssumeRoleCredentialFetcher(None, None, args["RoleArn"], extra_args=extra)
        assert fetcher._create_cache_key() == name, args
    return name


def sso(args):
    name = sha1(json.dumps(args, sort_keys=True, separators=(",", ":")))
    if SSOCredentialFetcher:
        fetcher = SSOCredentialFetcher(
            args.get("startUrl"), "us-east-1", args["roleName"], args["accountId"], None,
            sso_session_name=args.get("sessionName"),
        )
        assert fetcher._create_cache_key() == name, args
    return name


def split(splitter, text):
    try:
        return splitter(text)
    except ValueError:
        return None


def windows(text):
    return split(lambda text: compat_shell_split(text, "win32"), text) if compat_shell_split else "no botocore"


ANSWERS = {"role": role, "sso": sso, "words": lambda text: split(shlex.split, text), "windows": windows}

for line in sys.stdin.buffer:
    kind, case = json.loads(line)
    print(json.dumps(ANSWERS[kind](case)))
