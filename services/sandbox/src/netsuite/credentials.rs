use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
    VerificationAlgorithm,
};

use crate::Error;

/// Who may call the account, both ways NetSuite knows: OAuth 2.0 with a certificate, and token-based authentication.
#[derive(Clone)]
pub struct Credentials {
    /// Client id of the integration record.
    pub client_id: String,
    /// Id of the certificate on the mapping page; the `kid` of assertions.
    pub certificate_id: String,
    /// The certificate's key.
    pub public_key: PublicKey,
    /// The key to sign assertions with, PKCS#8 PEM: what the client side is to be given. The account itself never reads it.
    pub private_key_pem: Option<String>,
    /// Token-based authentication.
    pub token: TokenCredentials,
}

/// The two pairs of token-based authentication (OAuth 1.0a).
#[derive(Clone)]
pub struct TokenCredentials {
    /// Consumer key of the integration record.
    pub consumer_key: String,
    /// Its secret.
    pub consumer_secret: String,
    /// Id of the access token.
    pub token_id: String,
    /// Its secret.
    pub token_secret: String,
}

/// A key that can verify assertions.
#[derive(Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// An uncompressed point on P-256, for ES256.
    P256(Vec<u8>),
    /// An uncompressed point on P-384, for ES384.
    P384(Vec<u8>),
    /// An RSA key in PKCS#1 form, 2048 bits or more, for PS256, PS384 and PS512.
    Rsa(Vec<u8>),
}

// Published on purpose: it opens nothing but a sandbox on the loopback interface.
const DEMO_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg49bPF5IbjBPJ96jW
qxMb+hIvcDM7uqQA5meSjWFuMWOhRANCAATHRQ290o2AVlNLTfMu6w35mVddjPCH
3Z4WoRzOAf2CV922g9OJTfJ9kd4QGdEaccGz8LnIrX/6o/ZiW/Xxda59
-----END PRIVATE KEY-----
";
const DEMO_POINT: &str =
    "BMdFDb3SjYBWU0tN8y7rDfmZV12M8IfdnhahHM4B/YJX3baD04lN8n2R3hAZ0RpxwbPwucitf/qj9mJb9fF1rn0=";

impl Credentials {
    /// The same in every sandbox, so that a client can be configured before it is started. They protect nothing.
    pub fn demo() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            certificate_id: "sandbox-certificate".to_owned(),
            public_key: PublicKey::P256(STANDARD.decode(DEMO_POINT).unwrap_or_default()),
            private_key_pem: Some(DEMO_KEY.to_owned()),
            token: TokenCredentials {
                consumer_key: "sandbox-consumer".to_owned(),
                consumer_secret: "sandbox-consumer-secret".to_owned(),
                token_id: "sandbox-token".to_owned(),
                token_secret: "sandbox-token-secret".to_owned(),
            },
        }
    }

    /// Made up afresh: an ES256 key and random ids and secrets.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn generate() -> Result<Self, Error> {
        let rng = SystemRandom::new();
        let failed = |_| Error::Options("no random numbers for credentials".to_owned());
        let private =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).map_err(failed)?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private.as_ref(), &rng)
                .map_err(|_| Error::Options("the generated key was not accepted".to_owned()))?;
        Ok(Self {
            client_id: random_text(&rng)?,
            certificate_id: random_text(&rng)?,
            public_key: PublicKey::P256(pair.public_key().as_ref().to_vec()),
            private_key_pem: Some(format!(
                "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
                STANDARD.encode(private.as_ref())
            )),
            token: TokenCredentials {
                consumer_key: random_text(&rng)?,
                consumer_secret: random_text(&rng)?,
                token_id: random_text(&rng)?,
                token_secret: random_text(&rng)?,
            },
        })
    }
}

/// 32 random bytes in letters that need no escaping anywhere.
pub(super) fn random_text(rng: &SystemRandom) -> Result<String, Error> {
    let mut bytes = [0; 32];
    rng.fill(&mut bytes)
        .map_err(|_| Error::Options("no random numbers".to_owned()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl PublicKey {
    /// A `SubjectPublicKeyInfo` in PEM (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// Anything else, or a kind of key that NetSuite does not take.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let text: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect();
        let der = STANDARD
            .decode(text)
            .map_err(|_| Error::Options("the public key is not PEM".to_owned()))?;
        Self::from_der(&der)
    }

    /// A `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// Anything else, or a kind of key that NetSuite does not take.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let key = key_bits(der).ok_or_else(|| {
            Error::Options("the public key is not a SubjectPublicKeyInfo".to_owned())
        })?;
        match (key.len(), key.first()) {
            (65, Some(4)) => Ok(Self::P256(key.to_vec())),
            (97, Some(4)) => Ok(Self::P384(key.to_vec())),
            (_, Some(&SEQUENCE)) => Ok(Self::Rsa(key.to_vec())),
            _ => Err(Error::Options(
                "the public key is neither RSA nor on P-256 or P-384".to_owned(),
            )),
        }
    }

    /// Whether this key made the signature, by this JWS algorithm. `None` where NetSuite or the key does not do the algorithm.
    pub(super) fn verify(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (verifier, key): (&dyn VerificationAlgorithm, &[u8]) = match (algorithm, self) {
            ("ES256", Self::P256(point)) => (&signature::ECDSA_P256_SHA256_FIXED, point),
            ("ES384", Self::P384(point)) => (&signature::ECDSA_P384_SHA384_FIXED, point),
            ("PS256", Self::Rsa(key)) => (&signature::RSA_PSS_2048_8192_SHA256, key),
            ("PS384", Self::Rsa(key)) => (&signature::RSA_PSS_2048_8192_SHA384, key),
            ("PS512", Self::Rsa(key)) => (&signature::RSA_PSS_2048_8192_SHA512, key),
            _ => return None,
        };
        Some(
            UnparsedPublicKey::new(verifier, key)
                .verify(message, signature)
                .is_ok(),
        )
    }
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// The key inside a `SubjectPublicKeyInfo`: SEQUENCE { algorithm SEQUENCE, key BIT STRING without unused bits }.
fn key_bits(der: &[u8]) -> Option<&[u8]> {
    let (info, _) = element(der, SEQUENCE)?;
    let (_, rest) = element(info, SEQUENCE)?;
    let (bits, _) = element(rest, BIT_STRING)?;
    bits.strip_prefix(&[0])
}

/// The content of the DER element in front, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest
            .split_at_checked(usize::from(first & 0x7F))
            .filter(|(digits, _)| digits.len() <= 4)?;
        (
            digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit)),
            rest,
        )
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCredentials")
            .field("consumer_key", &self.consumer_key)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P256(_) => "P256",
            Self::P384(_) => "P384",
            Self::Rsa(_) => "Rsa",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_pem() {
        let point = STANDARD.decode(DEMO_POINT).unwrap();
        let elliptic = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx0UNvdKNgFZTS03zLusN+ZlXXYzw
h92eFqEczgH9glfdtoPTiU3yfZHeEBnRGnHBs/C5yK1/+qP2Ylv18XWufQ==
-----END PUBLIC KEY-----";
        assert_eq!(
            PublicKey::from_pem(elliptic).unwrap(),
            PublicKey::P256(point)
        );
        let rsa = PublicKey::from_pem(include_str!("../../tests/keys/rsapub.pem")).unwrap();
        assert!(matches!(rsa, PublicKey::Rsa(_)));
        assert!(PublicKey::from_pem("hello").is_err());
        assert!(PublicKey::from_der(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_err());
    }

    #[test]
    fn nothing_secret_is_printed() {
        let printed = format!("{:?}", Credentials::demo());
        assert!(
            !printed.contains("secret") && !printed.contains("PRIVATE"),
            "{printed}"
        );
    }
}
