//! The client assertion of a token request (NetSuite help, "The Request Token Structure"): a JWT signed with the certificate's key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PSS_SHA256, RsaKeyPair};
use serde::Serialize;

/// A private key and with it the signature's algorithm. NetSuite refuses RS256.
pub(super) enum Key {
    Es256(Box<EcdsaKeyPair>),
    Ps256(Box<RsaKeyPair>),
}

/// What the assertion states.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    pub(super) iss: &'a str,
    pub(super) scope: [&'static str; 1],
    pub(super) aud: &'a str,
    /// Seconds since 1970.
    pub(super) iat: i64,
    /// Seconds since 1970; at most an hour after `iat`.
    pub(super) exp: i64,
    pub(super) jti: &'a str,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    kid: &'a str,
}

impl Key {
    /// Reads a PKCS#8 key; the error does not show it.
    pub(super) fn from_pem(pem: &str) -> Result<Self, String> {
        let der = der(pem)?;
        let random = SystemRandom::new();
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random) {
            return Ok(Self::Es256(Box::new(key)));
        }
        let key = RsaKeyPair::from_pkcs8(&der).map_err(|error| {
            format!("no usable key ({error}): it must be elliptic curve P-256, or RSA of 2048 to 4096 bits")
        })?;
        Ok(Self::Ps256(Box::new(key)))
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Ps256(_) => "PS256",
        }
    }

    /// The signed assertion; `None` when the system gives no random numbers.
    pub(super) fn assertion(&self, certificate: &str, claims: &Claims<'_>) -> Option<String> {
        let header = Header {
            typ: "JWT",
            alg: self.algorithm(),
            kid: certificate,
        };
        let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
        let signed = format!(
            "{}.{}",
            part(serde_json::to_vec(&header).ok()?),
            part(serde_json::to_vec(claims).ok()?)
        );
        let signature = self.sign(signed.as_bytes())?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(key) => Some(key.sign(&random, text).ok()?.as_ref().to_vec()),
            Self::Ps256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PSS_SHA256, &random, text, &mut signature)
                    .ok()?;
                Some(signature)
            }
        }
    }
}

fn der(pem: &str) -> Result<Vec<u8>, String> {
    const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
    let body = pem
        .split_once(BEGIN)
        .and_then(|(_, rest)| rest.split_once("-----END PRIVATE KEY-----"))
        .map(|(body, _)| body)
        .ok_or_else(|| {
            format!("must be PEM in PKCS#8 ({BEGIN}); convert with: openssl pkcs8 -topk8 -nocrypt -in key.pem")
        })?;
    let compact: String = body.split_whitespace().collect();
    STANDARD
        .decode(compact)
        .map_err(|_| "the PEM text is damaged: it is no base64".to_owned())
}

#[cfg(test)]
mod tests {
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    };
    use serde_json::Value;

    use super::*;

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    fn check(key: &Key, name: &str, by: &'static dyn VerificationAlgorithm, public: &[u8]) {
        let claims = Claims {
            iss: "client",
            scope: ["rest_webservices"],
            aud: "https://x.example/token",
            iat: 1,
            exp: 2,
            jti: "once",
        };
        let token = key.assertion("cert-7", &claims).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let [header, body, signature] = parts[..] else {
            panic!("{token}");
        };
        let shown: Value = serde_json::from_slice(&decoded(header)).unwrap();
        let expected = serde_json::json!({"typ": "JWT", "alg": name, "kid": "cert-7"});
        assert_eq!(shown, expected);
        let shown: Value = serde_json::from_slice(&decoded(body)).unwrap();
        assert_eq!(shown["aud"], "https://x.example/token");
        let signed = format!("{header}.{body}");
        let public = UnparsedPublicKey::new(by, public);
        assert!(
            public
                .verify(signed.as_bytes(), &decoded(signature))
                .is_ok()
        );
    }

    #[test]
    fn an_elliptic_key_signs_es256() {
        let pair = rcgen::KeyPair::generate().unwrap();
        let key = Key::from_pem(&pair.serialize_pem()).unwrap();
        check(
            &key,
            "ES256",
            &ECDSA_P256_SHA256_FIXED,
            pair.public_key_raw(),
        );
    }

    #[test]
    fn an_rsa_key_signs_ps256() {
        let key = Key::from_pem(include_str!("../../../contract/test-rsa-key.pem")).unwrap();
        let Key::Ps256(pair) = &key else {
            panic!("an RSA key");
        };
        check(
            &key,
            "PS256",
            &RSA_PSS_2048_8192_SHA256,
            pair.public().as_ref(),
        );
    }

    #[test]
    fn what_is_no_key_is_explained_and_not_shown() {
        for (pem, told) in [
            (
                "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n",
                "openssl pkcs8",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
                "P-256",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----",
                "damaged",
            ),
        ] {
            let Err(why) = Key::from_pem(pem) else {
                panic!("{pem} is no key");
            };
            assert!(why.contains(told), "{why}");
            assert!(!why.contains("c2VjcmV0"));
        }
    }
}
