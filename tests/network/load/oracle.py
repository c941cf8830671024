"""Credentials of a profile by botocore, with the cache that the AWS CLI gives it: `oracle.py PROFILE`."""

import json
import os
import sys

import botocore.session
from botocore.credentials import JSONFileCache

session = botocore.session.Session(profile=sys.argv[1])
cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
resolver = session.get_component("credential_provider")
# As awscli/customizations/assumerole.py does.
for name in ("assume-role", "assume-role-with-web-identity", "sso"):
    resolver.get_provider(name).cache = cache
credentials = session.get_credentials().get_frozen_credentials()
print(json.dumps({"access_key": credentials.access_key, "secret_key": credentials.secret_key, "token": credentials.token}))
