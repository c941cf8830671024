"""botocore as the oracle of the conformance tests.

Reads one JSON request a line, writes one JSON answer a line. Resolution runs through botocore's own session, resolver
and providers; only the wire is replaced: what would be a call to AWS is recorded and answered with made-up
credentials, so nothing here ever touches the network.
"""

import datetime
import json
import os
import sys

import boto3
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.utils
from botocore.credentials import Credentials
from botocore.exceptions import ConfigParseError

LOADER = botocore.loaders.create_loader()
CALLS = []


def answer_to(call):
    """Records a call to AWS and answers it with credentials that no file holds."""
    CALLS.append(call)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return {
        "Credentials": {
            "AccessKeyId": f"ASIACALL{len(CALLS):012}",
            "SecretAccessKey": "made-up",
            "SessionToken": "made-up",
            "Expiration": until.isoformat(),
        }
    }


class FakeSts:
    def __init__(self, source):
        self._source = source

    def assume_role(self, **arguments):
        arguments.pop("TokenCode", None)
        key_id = self._source.get_frozen_credentials().access_key
        return answer_to({"kind": "assume-role", "key_id": key_id, "method": self._source.method, **arguments})


def fake_client(fetcher):
    # As the real method: the source's credentials come first.
    fetcher._source_credentials.get_frozen_credentials()
    return FakeSts(fetcher._source_credentials)


def web_identity_call(fetcher):
    call = {"kind": "web-identity", **fetcher._assume_kwargs}
    call["generated_name"] = fetcher._using_default_session_name
    return answer_to(call)


def sso_call(fetcher):
    return answer_to(
        {
            "kind": "sso",
            "account_id": fetcher._account_id,
            "role_name": fetcher._role_name,
            "start_url": fetcher._start_url,
            "sso_region": fetcher._sso_region,
            "sso_session": fetcher._sso_session_name,
        }
    )


def login_token(loader, session):
    CALLS.append({"kind": "login-session", "login_session": session})
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    access = {
        "accessKeyId": f"ASIACALL{len(CALLS):012}",
        "secretAccessKey": "made-up",
        "sessionToken": "made-up",
        "accountId": "111122223333",
        "expiresAt": until.isoformat(),
    }
    return {"accessToken": access, "refreshToken": "made-up", "dpopKey": "made-up", "clientId": "made-up"}


botocore.credentials.AssumeRoleCredentialFetcher._create_client = fake_client
botocore.credentials.AssumeRoleWithWebIdentityCredentialFetcher._get_credentials = web_identity_call
botocore.credentials.SSOCredentialFetcher._get_credentials = sso_call
botocore.credentials.LoginTokenLoader.load_token = login_token
botocore.utils.ContainerMetadataFetcher.retrieve_full_uri = lambda fetcher, uri, headers=None: {
    "AccessKeyId": "AKIAOFTHECONTAINER",
    "SecretAccessKey": "made-up",
    "Token": "made-up",
    "Expiration": (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).isoformat(),
}
# Stands for the optional package that signs refreshes, which are never made here.
botocore.credentials.EC = botocore.credentials.EC or object()


class FakeMachine:
    """A container, an instance or an environment that always has credentials."""

    def __init__(self, name):
        self.CANONICAL_NAME = name
        self.METHOD = name

    def load(self):
        CALLS.append({"kind": "credential-source", "credential_source": self.CANONICAL_NAME})
        return Credentials("AKIAOFTHEMACHINE", "made-up", method=self.METHOD)


def new_session(profile, for_clients=False):
    # The handlers of clients' events take three quarters of a session's time and have no part in finding credentials.
    session = botocore.session.Session(profile=profile, include_builtin_handlers=for_clients)
    session.register_component("data_loader", LOADER)
    return session


def find_credentials(session):
    """The session's credentials, every role on the way to them assumed."""
    resolver = session.get_component("credential_provider")
    assume_role = resolver.get_provider("assume-role")
    assume_role._prompter = lambda prompt: "123456"
    sources = ["Environment", "EcsContainer", "Ec2InstanceMetadata"]
    assume_role._credential_sourcer._providers = [FakeMachine(name) for name in sources]
    credentials = resolver.load_credentials()
    if credentials is None:
        return None
    frozen = credentials.get_frozen_credentials()
    found = {"method": credentials.method, "id": frozen.access_key, "secret": frozen.secret_key, "token": frozen.token}
    account = getattr(frozen, "account_id", None)
    if account:
        found["account_id"] = account
    return found


def describe(error):
    return {"type": type(error).__name__, "message": str(error)}


def profile_of_files(name):
    """What botocore makes of one profile of the files."""
    CALLS.clear()
    answer = {}
    session = new_session(name)
    try:
        answer["region"] = session.get_config_variable("region")
        answer["credentials"] = find_credentials(session)
    except Exception as error:
        answer["error"] = describe(error)
    answer["calls"] = [dict(call) for call in CALLS]
    return answer


def read_files(request):
    """Both files as botocore reads them, and what it makes of every profile named in the request or in them."""
    set_environment(request["environment"])
    try:
        full = new_session(None).full_config
    except ConfigParseError as error:
        cause = error.__context__ or error.kwargs.get("error")
        return {"refused": {"type": type(cause).__name__, "message": str(error)}}
    names = sorted(set(full["profiles"]) | set(request.get("profiles", [])))
    profiles = {}
    for name in names:
        if name not in full["profiles"]:
            profiles[name] = {"unknown": True}
            continue
        profiles[name] = profile_of_files(name)
        profiles[name]["properties"] = full["profiles"][name]
    return {"profiles": profiles}


def set_environment(variables):
    os.environ.clear()
    os.environ.update(variables)
    # No test may wait for, or be answered by, the instance that it happens to run on.
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def settle(request):
    """Which identity and which settings a program gets that botocore or boto3 starts for in an environment."""
    set_environment(request["environment"])
    CALLS.clear()
    session = new_session(request.get("profile"), for_clients=True)
    answer = {}
    try:
        answer["credentials"] = find_credentials(session)
        answer["calls"] = [dict(call) for call in CALLS]
        if request.get("boto3"):
            session = boto3.Session(botocore_session=session)
            create = session.client
            answer["region"] = session.region_name
        else:
            create = session.create_client
            answer["region"] = session.get_config_variable("region")
        keys = answer["credentials"] or {}
        for service in request["services"]:
            client = create(
                service,
                # A client needs some region; where the session has none, the same one stands in everywhere.
                region_name=None if answer["region"] else "us-west-2",
                aws_access_key_id=keys.get("id"),
                aws_secret_access_key=keys.get("secret"),
                aws_session_token=keys.get("token"),
            )
            config = client.meta.config
            answer[service] = {
                "endpoint": client.meta.endpoint_url,
                "region": client.meta.region_name,
                "fips": bool(config.use_fips_endpoint),
                "dualstack": bool(config.use_dualstack_endpoint),
                "ca_bundle": client._endpoint.http_session._verify if hasattr(client, "_endpoint") else None,
                "retries": config.retries,
            }
    except Exception as error:
        answer["error"] = describe(error)
    return answer


OPERATIONS = {"read-files": read_files, "settle": settle}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        answer = OPERATIONS[request["operation"]](request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
