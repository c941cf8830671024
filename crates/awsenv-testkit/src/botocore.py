"""botocore's real clients, signer and credential providers, driven by tests.

Reads one JSON request a line, writes one JSON answer a line. The environment steers every client to the fake.
"""

import datetime
import json
import os
import sys

import botocore.auth
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import UNSIGNED
from botocore.utils import JSONFileCache

CLIENTS = {}
# Reading the services' models costs more than anything else here.
LOADER = botocore.loaders.create_loader()


def client(service, keys, region=None, more=None):
    """A client, made once for each set of keys: making one costs more than a call."""
    name = json.dumps([service, keys, region, more])
    # What is wrong in a call is for the fake to say.
    settings = {"parameter_validation": False, **(more or {})}
    if name not in CLIENTS:
        session = botocore.session.Session()
        if keys is None:
            config = Config(signature_version=UNSIGNED, **settings)
            CLIENTS[name] = session.create_client(service, region_name=region, config=config)
        else:
            CLIENTS[name] = session.create_client(
                service,
                region_name=region,
                aws_access_key_id=keys["id"],
                aws_secret_access_key=keys["secret"],
                aws_session_token=keys["token"],
                config=Config(**settings),
            )
    return CLIENTS[name]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def call(request):
    made = client(request["service"], request["keys"], request.get("region"), request.get("config"))
    method = getattr(made, request["method"])
    try:
        return plain(method(**request["arguments"]))
    except ClientError as error:
        found = error.response["Error"]
        answer = {
            "code": found.get("Code"),
            "message": found.get("Message"),
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "request_id": error.response["ResponseMetadata"].get("RequestId"),
            "type": type(error).__name__,
        }
        answer.update({key: error.response[key] for key in ("error", "error_description") if key in error.response})
        return answer
    except BotoCoreError as error:
        return {"type": type(error).__name__, "message": str(error)}


def sign(request):
    """The headers of a request after botocore signed it, at a moment of the caller's choice."""
    moment = None
    if request.get("time") is not None:
        moment = datetime.datetime.fromtimestamp(request["time"], datetime.timezone.utc)
    keys = request["keys"]
    message = AWSRequest(
        method=request["method"],
        url=request["url"],
        data=request["body"].encode(),
        headers=dict(request["headers"]),
    )
    signer = botocore.auth.SigV4Auth(
        Credentials(keys["id"], keys["secret"], keys["token"]), request["service"], request["region"]
    )
    clock = botocore.auth.get_current_datetime
    if moment is not None:
        botocore.auth.get_current_datetime = lambda: moment
    try:
        signer.add_auth(message)
    finally:
        botocore.auth.get_current_datetime = clock
    return {"headers": dict(message.headers.items())}


def credentials(request):
    """What botocore's own chain of providers finds for a profile, with the CLI's cache for roles."""
    os.environ.update(request["environment"])
    try:
        session = botocore.session.Session(profile=request.get("profile"))
        resolver = session.get_component("credential_provider")
        assume_role = resolver.get_provider("assume-role")
        assume_role.cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
        assume_role._prompter = lambda _: request.get("mfa_code", "")
        found = resolver.load_credentials()
        if found is None:
            return {"type": "None"}
        frozen = found.get_frozen_credentials()
    except ClientError as error:
        return {"type": type(error).__name__, "code": error.response["Error"]["Code"], "message": str(error)}
    except Exception as error:
        return {"type": type(error).__name__, "message": str(error)}
    finally:
        for name in request["environment"]:
            del os.environ[name]
    return described(found, frozen)


def described(found, frozen):
    return {
        "id": frozen.access_key,
        "secret": frozen.secret_key,
        "token": frozen.token,
        "account": frozen.account_id,
        "method": found.method,
    }


def as_cli(request):
    """What botocore finds for a profile in an environment of its own, with the files where the AWS CLI has them.

    The CLI puts its file cache into these three providers (awscli/customizations: assumerole.py, sso/__init__.py).
    """
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(request["environment"])
    # Else the home of the time of the import.
    tokens = os.path.expanduser("~/.aws/sso/cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = tokens
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = tokens
    try:
        session = botocore.session.Session(profile=request["profile"])
        session.register_component("data_loader", LOADER)
        resolver = session.get_component("credential_provider")
        for name in ["assume-role", "assume-role-with-web-identity", "sso"]:
            resolver.get_provider(name).cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
        resolver.get_provider("assume-role")._prompter = lambda _: request["mfa_code"]
        found = resolver.load_credentials()
        if found is None:
            return {"type": "NoCredentials", "message": "none of the providers has any"}
        return described(found, found.get_frozen_credentials())
    except Exception as error:
        return {"type": type(error).__name__, "message": str(error)}
    finally:
        os.environ.clear()
        os.environ.update(before)


OPERATIONS = {"call": call, "sign": sign, "credentials": credentials, "as-cli": as_cli}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        answer = OPERATIONS[request["operation"]](request)
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
        sys.stdout.flush()


main()
