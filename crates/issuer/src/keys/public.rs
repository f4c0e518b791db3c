//! Public keys as JSON Web Keys, and their RFC 7638 names.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shukuba_model::jose::Jwk;

/// An RSA public key from its PKCS #1 DER form (RFC 8017 appendix A.1.1).
pub(super) fn rsa(pkcs1: &[u8]) -> Option<Jwk> {
    let (fields, rest) = der_value(pkcs1, 0x30)?;
    let (modulus, fields) = der_value(fields, 0x02)?;
    let (exponent, fields) = der_value(fields, 0x02)?;
    if !rest.is_empty() || !fields.is_empty() {
        return None;
    }
    Some(Jwk {
        n: Some(encode_integer(modulus)),
        e: Some(encode_integer(exponent)),
        ..empty("RSA")
    })
}

/// A P-256 public key from its uncompressed point (SEC 1 section 2.3.3).
pub(super) fn p256(point: &[u8]) -> Option<Jwk> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    if y.len() != 32 {
        return None;
    }
    Some(Jwk {
        crv: Some("P-256".to_owned()),
        x: Some(URL_SAFE_NO_PAD.encode(x)),
        y: Some(URL_SAFE_NO_PAD.encode(y)),
        ..empty("EC")
    })
}

/// The SHA-256 thumbprint of a key (RFC 7638 section 3): the required members
/// only, in the order of their names, without white space.
pub(super) fn thumbprint(jwk: &Jwk) -> String {
    // The values are base64url and registered names, which JSON never escapes.
    let member = |name: &str, value: &Option<String>| {
        value
            .as_ref()
            .map(|value| format!("\"{name}\":\"{value}\""))
    };
    let kty = Some(jwk.kty.clone());
    let members: Vec<String> = [
        member("crv", &jwk.crv),
        member("e", &jwk.e),
        member("kty", &kty),
        member("n", &jwk.n),
        member("x", &jwk.x),
        member("y", &jwk.y),
    ]
    .into_iter()
    .flatten()
    .collect();
    let canonical = format!("{{{}}}", members.join(","));
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
}

fn empty(kty: &str) -> Jwk {
    Jwk {
        kty: kty.to_owned(),
        kid: None,
        usage: None,
        alg: None,
        n: None,
        e: None,
        crv: None,
        x: None,
        y: None,
    }
}

/// An unsigned integer as `Base64urlUInt` (RFC 7518 section 2): without the
/// zero byte that DER puts before a set top bit.
fn encode_integer(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes.strip_prefix(&[0]).unwrap_or(bytes))
}

/// Reads one DER value of the wanted tag; gives its content and what follows it.
fn der_value(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = input.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638_section_3_1() {
        let jwk = Jwk {
            n: Some("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw".to_owned()),
            e: Some("AQAB".to_owned()),
            alg: Some("RS256".to_owned()),
            kid: Some("2011-04-29".to_owned()),
            ..empty("RSA")
        };
        assert_eq!(
            thumbprint(&jwk),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn an_rsa_key_loses_the_sign_byte_of_der() {
        let der = [
            0x30, 0x0a, 0x02, 0x03, 0x00, 0xc1, 0x02, 0x02, 0x03, 0x01, 0x00, 0x01,
        ];
        let jwk = rsa(&der).unwrap();
        assert_eq!(jwk.n.as_deref(), Some("wQI"));
        assert_eq!(jwk.e.as_deref(), Some("AQAB"));
    }

    #[test]
    fn broken_der_and_points_are_refused() {
        let good = [0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x02, 0x01, 0x01];
        assert!(rsa(&good).is_some());
        for length in 0..good.len() {
            assert!(rsa(&good[..length]).is_none(), "{length}");
        }
        assert!(rsa(&[&good[..], &[0]].concat()).is_none());
        assert!(rsa(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_none());
        assert!(p256(&[4; 64]).is_none());
        assert!(p256(&[2; 65]).is_none());
        assert!(p256(&[4; 65]).is_some());
    }
}
