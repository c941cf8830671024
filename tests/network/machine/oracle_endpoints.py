"""Which endpoint botocore's clients really ask, for each case on standard input."""
import json
import os
import sys
import tempfile

import botocore.loaders
import botocore.session
from botocore.exceptions import BotoCoreError

CALLS = {
    "STS": ("sts", "get_caller_identity", {}),
    "SSO": ("sso", "list_accounts", {"accessToken": "x"}),
    "SSO_OIDC": ("sso-oidc", "register_client", {"clientName": "x", "clientType": "public"}),
    "SIGNIN": ("signin", "create_o_auth2_token", {"tokenInput": {
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", "refreshToken": "r"}}),
}
PATHS = {"STS": "/", "SSO": "/assignment/accounts", "SSO_OIDC": "/client/register", "SIGNIN": "/v1/token"}
LOADER = botocore.loaders.create_loader()


class Sent(Exception):
    pass


def asked(session, service):
    name, operation, arguments = CALLS[service]
    try:
        client = session.create_client(name, aws_access_key_id="a", aws_secret_access_key="b")
    except (BotoCoreError, ValueError):
        return "error"

    def send(request, **_):
        raise Sent(request.url)

    client.meta.events.register("before-send", send)
    try:
        getattr(client, operation)(**arguments)
    except Sent as sent:
        url = str(sent)
        # STS's own path is empty, and botocore adds no slash to an endpoint with a path.
        assert url.endswith(PATHS[service]) or service == "STS", url
        url = url.removesuffix(PATHS[service])
        return url if ".amazonaws.com" not in url and ".aws.amazon.com" not in url else None


def answer(case, path):
    with open(path, "w") as file:
        file.write(case["config"])
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(dict(case["variables"]))
    os.environ.update({"AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
    session = botocore.session.Session(profile="p")
    session.register_component("data_loader", LOADER)
    return {service: asked(session, service) for service in CALLS}


with tempfile.TemporaryDirectory() as folder:
    json.dump([answer(case, os.path.join(folder, "config")) for case in json.load(sys.stdin)], sys.stdout)
