"""How many DPoP proofs are good, by Python's cryptography, and how many different ids they have."""
import base64
import hashlib
import json
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def number(part):
    return int.from_bytes(decode(part), "big")


def is_good(proof, url, key):
    head, payload, signature = proof.split(".")
    assert "=" not in proof
    header, claims, raw = json.loads(decode(head)), json.loads(decode(payload)), decode(signature)
    public = key.public_key().public_numbers()
    jwk = header["jwk"]
    assert set(jwk) == {"kty", "crv", "x", "y"} and set(header) == {"typ", "alg", "jwk"}
    if (number(jwk["x"]), number(jwk["y"])) != (public.x, public.y):
        return False
    assert (header["typ"], header["alg"], jwk["kty"], jwk["crv"]) == ("dpop+jwt", "ES256", "EC", "P-256")
    assert len(raw) == 64 and len(decode(jwk["x"])) == len(decode(jwk["y"])) == 32
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.public_key().verify(der, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return claims["htm"] == "POST" and claims["htu"] == url and abs(claims["iat"] - time.time()) < 300


case = json.load(sys.stdin)
key = serialization.load_pem_private_key(case["key"].encode(), None)
ids = {json.loads(decode(proof.split(".")[1]))["jti"] for proof in case["proofs"]}
json.dump({"good": sum(is_good(proof, case["url"], key) for proof in case["proofs"]), "ids": len(ids)}, sys.stdout)
