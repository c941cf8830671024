"""The host that botocore's clients really ask, for each service and profile on standard input."""
import json
import os
import sys
import tempfile
from urllib.parse import urlsplit

import botocore.loaders
import botocore.session
from botocore.exceptions import BotoCoreError

CALLS = {
    "sso": ("get_role_credentials", {"accessToken": "x", "accountId": "123456789012", "roleName": "Admin"}),
    "sso-oidc": ("create_token", {"clientId": "x", "clientSecret": "y", "grantType": "refresh_token", "refreshToken": "z"}),
    "sts": ("get_caller_identity", {}),
    "signin": ("create_o_auth2_token", {"tokenInput": {
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", "refreshToken": "r"}}),
}
LOADER = botocore.loaders.create_loader()


class Sent(Exception):
    pass


def host(case, path):
    with open(path, "w") as file:
        file.write("[profile p]\n" + case["config"])
    session = botocore.session.Session(profile="p")
    session.register_component("data_loader", LOADER)
    operation, arguments = CALLS[case["service"]]

    def send(request, **_):
        raise Sent(request.url)

    try:
        client = session.create_client(case["service"], aws_access_key_id="a", aws_secret_access_key="b")
        client.meta.events.register("before-send", send)
        getattr(client, operation)(**arguments)
    except Sent as sent:
        return urlsplit(str(sent)).netloc
    except BotoCoreError:
        return "error"


for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "config")
    os.environ.update({"AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})
    json.dump([host(case, path) for case in json.load(sys.stdin)], sys.stdout)
