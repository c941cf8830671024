"""The credentials that botocore finds for each profile on standard input, or the kind of its error: in the environment as
it is, with the variables of the case."""
import json
import os
import sys

import botocore.session
from botocore.exceptions import BotoCoreError


def find(profile):
    try:
        found = botocore.session.Session(profile=profile).get_credentials()
        if found is None:
            return {"error": "none"}
        frozen = found.get_frozen_credentials()
    except (BotoCoreError, ValueError, OSError, KeyError, RuntimeError) as error:
        return {"error": type(error).__name__}
    return {"access_key": frozen.access_key, "account_id": frozen.account_id}


def answer(case):
    before = dict(os.environ)
    os.environ.update(case.get("variables", {}))
    found = find(case["profile"])
    os.environ.clear()
    os.environ.update(before)
    return found


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
