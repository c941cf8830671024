//! SSO OIDC and the portal: both logins from end to end, and everything that is wrong about them refused.

use awsenv_testkit::botocore::Botocore;
use awsenv_testkit::fake::{Consent, FakeAws, Role, SsoInstance};
use serde_json::{Value, json};

use crate::http::{self, Answer};

const START: &str = "https://acme.awsapps.com/start";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REDIRECT: &str = "http://127.0.0.1:9/oauth/callback";

/// A verifier of 44 characters, and its S256 challenge (computed with Python's hashlib).
const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyz0123456789-._~ABCD";
const CHALLENGE: &str = "P1qahYOK8wBl8yX2mX9dPtFJU5qcamG0ej21GFkaspU";

fn fake() -> FakeAws {
    FakeAws::builder().sso(SsoInstance::new(START).assign("123456789012", "Admin")).start()
}

fn refused(answer: &Answer, status: u16, error: &str, exception: &str) {
    assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{}", answer.body);
    assert_eq!(answer.header("x-amzn-errortype"), Some(exception));
    assert!(answer.json()["error_description"].is_string());
}

/// As the AWS CLI registers for the authorization code.
fn code_registration() -> Value {
    json!({
        "clientName": "a test",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START,
        "scopes": ["sso:account:access"],
    })
}

fn register(fake: &FakeAws, body: &Value) -> Value {
    let answer = http::post(&format!("{}/client/register", fake.url()), body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn register_device(fake: &FakeAws) -> Value {
    register(fake, &json!({"clientName": "a test", "clientType": "public", "scopes": ["sso:account:access"]}))
}

fn authorize(fake: &FakeAws, client: &Value, changes: &[(&str, &str)]) -> Answer {
    let mut query = [
        ("response_type", "code"),
        ("client_id", client["clientId"].as_str().expect("an id")),
        ("redirect_uri", REDIRECT),
        ("state", "a%20state"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
        ("scopes", "sso%3Aaccount%3Aaccess"),
    ];
    for (name, value) in changes {
        query.iter_mut().filter(|(known, _)| known == name).for_each(|pair| pair.1 = value);
    }
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    http::send("GET", &format!("{}/authorize?{}", fake.url(), query.join("&")), &[], "")
}

fn code_in(answer: &Answer) -> String {
    let location = answer.header("location").unwrap_or_else(|| panic!("no redirect: {}", answer.body));
    let rest = location.strip_prefix(&format!("{REDIRECT}?code=")).unwrap_or_else(|| panic!("{location}"));
    let (code, state) = rest.split_once('&').expect("a state");
    assert_eq!(state, "state=a%20state");
    code.to_owned()
}

fn token(fake: &FakeAws, client: &Value, grant: &str, more: &Value) -> Answer {
    let mut body = json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "grantType": grant});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    http::post(&format!("{}/token", fake.url()), &body)
}

fn by_code(fake: &FakeAws, client: &Value, code: &str) -> Answer {
    token(fake, client, "authorization_code", &json!({"code": code, "redirectUri": REDIRECT, "codeVerifier": VERIFIER}))
}

fn portal(fake: &FakeAws, path: &str, bearer: &Value) -> Answer {
    let bearer = bearer.as_str().unwrap_or_default();
    http::send("GET", &format!("{}{path}", fake.url()), &[("x-amz-sso_bearer_token", bearer)], "")
}

const ADMIN: &str = "/federation/credentials?account_id=123456789012&role_name=Admin";

#[test]
fn a_code_becomes_a_token_and_the_token_credentials() {
    let fake = fake();
    let client = register(&fake, &code_registration());
    let code = code_in(&authorize(&fake, &client, &[]));
    let tokens = by_code(&fake, &client, &code).json();
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(28_800)), "{tokens}");
    let credentials = portal(&fake, ADMIN, &tokens["accessToken"]).json();
    let id = credentials["roleCredentials"]["accessKeyId"].as_str().expect("a key id");
    let arn = fake.identity_of(id).expect("known");
    assert!(arn.starts_with("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_"), "{arn}");
    assert!(credentials["roleCredentials"]["expiration"].as_i64().is_some_and(|at| at > fake.now() * 1000));
    // A code is good for one try.
    refused(&by_code(&fake, &client, &code), 400, "invalid_grant", "InvalidGrantException");
}

#[test]
fn a_code_is_bound_to_verifier_redirect_and_client() {
    let fake = fake();
    let client = register(&fake, &code_registration());
    let other = register(&fake, &code_registration());
    let attempt = |client: &Value, changes: Value| {
        let issued = register(&fake, &code_registration());
        let client = if client.is_null() { &issued } else { client };
        let code = code_in(&authorize(&fake, &issued, &[]));
        let mut more = json!({"code": code, "redirectUri": REDIRECT, "codeVerifier": VERIFIER});
        more.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        token(&fake, client, "authorization_code", &more)
    };
    assert_eq!(attempt(&Value::Null, json!({})).status, 200);
    let wrong = format!("{}E", &VERIFIER[..VERIFIER.len() - 1]);
    let bad_grant = |answer: &Answer| refused(answer, 400, "invalid_grant", "InvalidGrantException");
    bad_grant(&attempt(&Value::Null, json!({"codeVerifier": wrong})));
    bad_grant(&attempt(&Value::Null, json!({"codeVerifier": CHALLENGE})));
    bad_grant(&attempt(&Value::Null, json!({"redirectUri": "http://127.0.0.1:10/oauth/callback"})));
    bad_grant(&attempt(&Value::Null, json!({"code": "made-up"})));
    bad_grant(&attempt(&other, json!({})));
    let short = attempt(&Value::Null, json!({"codeVerifier": "short"}));
    refused(&short, 400, "invalid_request", "InvalidRequestException");
    let secret = json!({"clientId": client["clientId"], "clientSecret": "wrong"});
    refused(&attempt(&secret, json!({})), 401, "invalid_client", "InvalidClientException");
    let grant = token(&fake, &client, DEVICE_GRANT, &json!({"deviceCode": "x"}));
    refused(&grant, 400, "unauthorized_client", "UnauthorizedClientException");
    let grant = token(&fake, &client, "password", &json!({}));
    refused(&grant, 400, "unsupported_grant_type", "UnsupportedGrantTypeException");
    // Ten minutes.
    let code = code_in(&authorize(&fake, &client, &[]));
    fake.set_clock_offset(601);
    bad_grant(&by_code(&fake, &client, &code));
}

#[test]
fn the_browser_is_sent_nowhere_unregistered() {
    let fake = fake();
    let client = register(&fake, &code_registration());
    for uri in [
        "http://127.0.0.1:9/oauth/other",
        "http://localhost:9/oauth/callback",
        "https://127.0.0.1:9/oauth/callback",
        "http://evil.example.com/oauth/callback",
        "http://127.0.0.1:9/oauth/callback/",
        "http://127.0.0.1:9@evil.example.com/oauth/callback",
    ] {
        let answer = authorize(&fake, &client, &[("redirect_uri", uri)]);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{uri}");
    }
    assert_eq!(authorize(&fake, &client, &[("client_id", "unknown")]).status, 400);
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("state", "", "invalid_request"),
        ("scopes", "sso%3Aaccount%3Aaccess%20more", "invalid_scope"),
        ("scopes", "", "invalid_scope"),
    ] {
        let answer = authorize(&fake, &client, &[(name, value)]);
        let location = answer.header("location").expect("back to the client, which shows it").to_owned();
        assert!(location.starts_with(&format!("{REDIRECT}?error={error}&")), "{name}: {location}");
    }
    fake.set_consent(Consent::Deny);
    let answer = authorize(&fake, &client, &[]);
    let location = answer.header("location").expect("a redirect");
    assert!(location.contains("error=access_denied") && location.ends_with("&state=a%20state"), "{location}");
    fake.set_consent(Consent::Ignore);
    assert_eq!(authorize(&fake, &client, &[]).status, 200);
}

#[test]
fn registrations_are_checked() {
    let fake = fake();
    let url = format!("{}/client/register", fake.url());
    let with = |name: &str, value: Value| {
        let mut body = code_registration();
        body[name] = value;
        http::post(&url, &body)
    };
    refused(&with("clientName", Value::Null), 400, "invalid_request", "InvalidRequestException");
    let secret = with("clientType", json!("confidential"));
    refused(&secret, 400, "invalid_client_metadata", "InvalidClientMetadataException");
    let redirect = "InvalidRedirectUriException";
    refused(&with("redirectUris", json!(["https://example.com/x"])), 400, "invalid_redirect_uri", redirect);
    refused(&with("redirectUris", json!([])), 400, "invalid_redirect_uri", redirect);
    let issuer = with("issuerUrl", json!("https://other.awsapps.com/start"));
    refused(&issuer, 400, "invalid_request", "InvalidRequestException");
    let grants = with("grantTypes", json!(["implicit"]));
    refused(&grants, 400, "unsupported_grant_type", "UnsupportedGrantTypeException");
    refused(&with("scopes", json!(["a b"])), 400, "invalid_scope", "InvalidScopeException");
    let form = http::send("POST", &url, &[("Content-Type", "text/plain")], &code_registration().to_string());
    refused(&form, 400, "invalid_request", "InvalidRequestException");
    // A registration ends, and its tokens' refresh with it.
    let client = register(&fake, &code_registration());
    fake.set_clock_offset(91 * 24 * 3600);
    let late = token(&fake, &client, "refresh_token", &json!({"refreshToken": "x"}));
    refused(&late, 401, "invalid_client", "InvalidClientException");
}

fn start_device(fake: &FakeAws, client: &Value) -> Value {
    let body = json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": START});
    let answer = http::post(&format!("{}/device_authorization", fake.url()), &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn poll(fake: &FakeAws, client: &Value, device: &Value) -> Answer {
    token(fake, client, DEVICE_GRANT, &json!({"deviceCode": device["deviceCode"]}))
}

#[test]
fn a_device_waits_for_the_person_and_no_faster_than_told() {
    let fake = FakeAws::builder().sso(SsoInstance::new(START)).device_interval(5).start();
    let client = register_device(&fake);
    let device = start_device(&fake, &client);
    assert_eq!((&device["interval"], &device["expiresIn"]), (&json!(5), &json!(600)));
    let pending = |answer: &Answer| refused(answer, 400, "authorization_pending", "AuthorizationPendingException");
    let slow_down = |answer: &Answer| refused(answer, 400, "slow_down", "SlowDownException");
    pending(&poll(&fake, &client, &device));
    slow_down(&poll(&fake, &client, &device));
    // Now it is ten seconds.
    fake.set_clock_offset(6);
    slow_down(&poll(&fake, &client, &device));
    fake.set_clock_offset(30);
    pending(&poll(&fake, &client, &device));
    let user_code = device["userCode"].as_str().expect("a code");
    assert_eq!(fake.pending_user_codes(), [user_code]);
    assert!(fake.approve_device(user_code) && !fake.approve_device("AAAA-0000"));
    fake.set_clock_offset(60);
    let tokens = poll(&fake, &client, &device).json();
    assert!(tokens["accessToken"].is_string() && tokens["refreshToken"].is_string(), "{tokens}");
    refused(&poll(&fake, &client, &device), 400, "invalid_grant", "InvalidGrantException");
}

#[test]
fn a_device_is_denied_expired_or_unknown() {
    let fake = fake();
    let client = register_device(&fake);
    let device = start_device(&fake, &client);
    let url = device["verificationUriComplete"].as_str().expect("a page");
    fake.set_consent(Consent::Deny);
    assert_eq!(fake.follow(url).last().map(|visit| visit.status), Some(200));
    refused(&poll(&fake, &client, &device), 400, "access_denied", "AccessDeniedException");
    let device = start_device(&fake, &client);
    fake.set_clock_offset(601);
    refused(&poll(&fake, &client, &device), 400, "expired_token", "ExpiredTokenException");
    let other = register_device(&fake);
    let device = start_device(&fake, &client);
    refused(&poll(&fake, &other, &device), 400, "invalid_grant", "InvalidGrantException");
    let body =
        json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": "https://x.y"});
    let unknown = http::post(&format!("{}/device_authorization", fake.url()), &body);
    refused(&unknown, 400, "invalid_request", "InvalidRequestException");
    assert_eq!(http::send("GET", &format!("{}/device?user_code=x", fake.url()), &[], "").status, 404);
}

#[test]
fn a_refresh_token_is_good_once() {
    let fake = fake();
    let client = register(&fake, &code_registration());
    let code = code_in(&authorize(&fake, &client, &[]));
    let first = by_code(&fake, &client, &code).json();
    let refresh = |client: &Value, token_text: &Value, more: Value| {
        let mut body = json!({"refreshToken": token_text});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        token(&fake, client, "refresh_token", &body)
    };
    let other = register(&fake, &code_registration());
    let bad_grant = |answer: &Answer| refused(answer, 400, "invalid_grant", "InvalidGrantException");
    bad_grant(&refresh(&other, &first["refreshToken"], json!({})));
    let more = refresh(&client, &first["refreshToken"], json!({"scope": ["more"]}));
    refused(&more, 400, "invalid_scope", "InvalidScopeException");
    let second = refresh(&client, &first["refreshToken"], json!({})).json();
    assert!(second["accessToken"] != first["accessToken"] && second["refreshToken"] != first["refreshToken"]);
    bad_grant(&refresh(&client, &first["refreshToken"], json!({})));
    assert_eq!(portal(&fake, ADMIN, &second["accessToken"]).status, 200);
    assert_eq!(fake.calls("CreateToken:refresh_token"), 4);
    assert_eq!(fake.calls("CreateToken"), 5);
    // Who registered no scopes, as for a legacy profile, gets nothing to refresh with.
    let legacy = register(&fake, &json!({"clientName": "a test", "clientType": "public"}));
    let device = start_device(&fake, &legacy);
    fake.approve_device(device["userCode"].as_str().expect("a code"));
    let tokens = poll(&fake, &legacy, &device).json();
    assert!(tokens["refreshToken"].is_null() && tokens["accessToken"].is_string());
}

#[test]
fn a_refresh_token_stays_where_it_is_not_rotated() {
    let fake = FakeAws::builder().sso(SsoInstance::new(START)).rotate_refresh_tokens(false).start();
    let planted = fake.sso_token(START, 60);
    let client = json!({"clientId": planted.client_id, "clientSecret": planted.client_secret});
    for _ in 0..2 {
        let tokens = token(&fake, &client, "refresh_token", &json!({"refreshToken": planted.refresh_token})).json();
        assert_eq!(tokens["refreshToken"], planted.refresh_token);
    }
}

#[test]
fn the_portal_wants_a_live_token_and_an_assignment() {
    let fake = fake();
    let planted = fake.sso_token(START, 60);
    let bearer = json!(planted.access_token);
    assert_eq!(portal(&fake, ADMIN, &bearer).status, 200);
    let refused = |path: &str, bearer: &Value, status: u16, code: &str| {
        let answer = portal(&fake, path, bearer);
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, Some(code)), "{path}");
        assert!(answer.json()["message"].is_string());
    };
    refused(ADMIN, &json!("unknown"), 401, "UnauthorizedException");
    refused(ADMIN, &Value::Null, 401, "UnauthorizedException");
    refused(&ADMIN.replace("Admin", "Other"), &bearer, 403, "ForbiddenException");
    refused(&ADMIN.replace("123456789012", "210987654321"), &bearer, 403, "ForbiddenException");
    refused("/federation/credentials?account_id=1&role_name=Admin", &bearer, 400, "InvalidRequestException");
    refused("/federation/credentials?account_id=123456789012", &bearer, 400, "InvalidRequestException");
    assert_eq!(portal(&fake, "/assignment/accounts", &bearer).json()["accountList"][0]["accountId"], "123456789012");
    let roles = portal(&fake, "/assignment/roles?account_id=123456789012", &bearer).json();
    assert_eq!(roles["roleList"][0]["roleName"], "Admin");
    fake.set_clock_offset(61);
    refused(ADMIN, &bearer, 401, "UnauthorizedException");
    fake.set_clock_offset(0);
    let headers = [("x-amz-sso_bearer_token", planted.access_token.as_str())];
    assert_eq!(http::send("POST", &format!("{}/logout", fake.url()), &headers, "").status, 200);
    refused(ADMIN, &bearer, 401, "UnauthorizedException");
    // The refresh token of that login is gone as well.
    let client = json!({"clientId": planted.client_id, "clientSecret": planted.client_secret});
    let late = token(&fake, &client, "refresh_token", &json!({"refreshToken": planted.refresh_token}));
    assert_eq!(late.json()["error"], "invalid_grant");
}

#[test]
fn a_token_without_the_scope_opens_no_portal() {
    let fake = fake();
    let mut registration = code_registration();
    registration["scopes"] = json!(["something:else"]);
    let client = register(&fake, &registration);
    let code = code_in(&authorize(&fake, &client, &[("scopes", "something%3Aelse")]));
    let tokens = by_code(&fake, &client, &code).json();
    let answer = portal(&fake, ADMIN, &tokens["accessToken"]);
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some("ForbiddenException")));
}

#[test]
fn grants_are_for_who_registered_for_them() {
    let fake = fake();
    let code_client = register(&fake, &code_registration());
    let body =
        json!({"clientId": code_client["clientId"], "clientSecret": code_client["clientSecret"], "startUrl": START});
    let url = format!("{}/device_authorization", fake.url());
    refused(&http::post(&url, &body), 400, "unauthorized_client", "UnauthorizedClientException");
    let device_client = register_device(&fake);
    assert_eq!(authorize(&fake, &device_client, &[]).status, 400);
    let grant = by_code(&fake, &device_client, "x");
    refused(&grant, 400, "unauthorized_client", "UnauthorizedClientException");
    for (grant, member) in [("authorization_code", "code"), ("refresh_token", "refreshToken")] {
        let answer = token(&fake, &code_client, grant, &json!({}));
        refused(&answer, 400, "invalid_request", "InvalidRequestException");
        assert!(answer.json()["error_description"].as_str().is_some_and(|text| text.contains(member)));
    }
    let nobody = token(&fake, &json!({"clientId": "x", "clientSecret": "y"}), "refresh_token", &json!({}));
    refused(&nobody, 401, "invalid_client", "InvalidClientException");
    fake.set_clock_offset(91 * 24 * 3600);
    assert_eq!(authorize(&fake, &code_client, &[]).status, 400);
    let headers = [("x-amz-sso_bearer_token", "unknown")];
    assert_eq!(http::send("POST", &format!("{}/logout", fake.url()), &headers, "").status, 401);
}

/// A chain goes on from a role of Identity Center's.
#[test]
fn a_role_may_trust_an_assigned_one() {
    let sso = SsoInstance::new(START).assign("123456789012", "Admin");
    let arn = sso.role_arn("123456789012", "Admin");
    let target = "arn:aws:iam::210987654321:role/Target";
    let fake = FakeAws::builder().sso(sso).role(Role::new(target).trusts(&arn).max_duration(43_200)).start();
    let Some(mut botocore) = Botocore::start(&fake, "a_role_may_trust_an_assigned_one") else { return };
    let bearer = json!(fake.sso_token(START, 60).access_token);
    let found = portal(&fake, ADMIN, &bearer).json();
    let keys = &found["roleCredentials"];
    let keys = json!({"id": keys["accessKeyId"], "secret": keys["secretAccessKey"], "token": keys["sessionToken"]});
    let mut assume = |seconds: u32| {
        let arguments = json!({"RoleArn": target, "RoleSessionName": "me", "DurationSeconds": seconds});
        botocore.call("sts", "assume_role", &keys, &arguments)
    };
    assert_eq!(assume(3600)["AssumedRoleUser"]["Arn"], "arn:aws:sts::210987654321:assumed-role/Target/me");
    assert_eq!(assume(3601)["code"], "ValidationError");
}
