"""The part of the AWS tools: reads and renews, or makes, the SSO token in `folder`, with the botocore that this Python
finds. One JSON object on standard input; one on standard output.

`do` is `load` (SSOTokenProvider, as every command of the AWS CLI), `device` (SSOTokenFetcher, `aws sso login` of the AWS
CLI 2.9), `role` (SSOProvider with the AWS CLI's cache) or `logout` (`aws sso logout`).
"""

import json
import sys
import threading
import urllib.request

asked = json.load(sys.stdin)
sys.path[:0] = asked.get("path", [])

import botocore
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.tokens import SSOTokenProvider, _sso_json_dumps
from botocore.utils import JSONFileCache

url = asked["url"]
tokens = JSONFileCache(asked["folder"] + "/.aws/sso/cache", dumps_func=_sso_json_dumps)


def create_client(name, region_name=None, config=None, **_):
    config = config or Config(signature_version=UNSIGNED)
    return session.create_client(name, region_name=config.region_name or "eu-west-1", config=config, endpoint_url=url)


session = botocore.session.Session(profile=asked.get("profile", "dev"))


def load():
    provider = SSOTokenProvider(session, cache=tokens)
    provider.__dict__["_client"] = create_client("sso-oidc")
    token = provider.load_token().get_frozen_token()
    return {"token": token.token, "expires": str(token.expiration)}


def device():
    from botocore.utils import SSOTokenFetcher

    def pending(userCode, **_):
        # The person, at once.
        def allow():
            asked_for = urllib.request.Request(url + "/_fake/approve?user_code=" + userCode, method="POST")
            urllib.request.urlopen(asked_for).read()

        threading.Thread(target=allow).start()

    fetcher = SSOTokenFetcher(
        sso_region="eu-west-1", client_creator=create_client, cache=tokens, on_pending_authorization=pending
    )
    token = fetcher.fetch_token(
        start_url=asked["start_url"],
        session_name=asked.get("session"),
        registration_scopes=asked.get("scopes"),
        force_refresh=asked.get("force", False),
    )
    return {"token": token["accessToken"]}


def role():
    from botocore.credentials import SSOProvider

    provider = SSOProvider(
        load_config=lambda: session.full_config,
        client_creator=create_client,
        profile_name=asked.get("profile", "dev"),
        cache=JSONFileCache(asked["folder"] + "/.aws/cli/cache"),
        token_cache=tokens,
        token_provider=None,
    )
    if session.full_config["profiles"][asked.get("profile", "dev")].get("sso_session"):
        provider._token_provider = SSOTokenProvider(session, cache=tokens)
        provider._token_provider.__dict__["_client"] = create_client("sso-oidc")
    keys = provider.load().get_frozen_credentials()
    return {"key": keys.access_key}


def logout():
    from awscli.customizations.sso.logout import SSOCredentialSweeper, SSOTokenSweeper

    class Session:
        create_client = staticmethod(create_client)

    SSOTokenSweeper(Session()).delete_credentials(asked["folder"] + "/.aws/sso/cache")
    SSOCredentialSweeper().delete_credentials(asked["folder"] + "/.aws/cli/cache")
    return {}


answer = {"load": load, "device": device, "role": role, "logout": logout}[asked["do"]]()
print(json.dumps({"version": botocore.__version__, **answer}))
