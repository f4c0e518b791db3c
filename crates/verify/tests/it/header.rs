//! The `Authorization` header, from outside.

use shukuba_testkit::provider::SEED_API;
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, rfc9068};

#[tokio::test]
async fn r01_no_token_is_401_without_an_error_code_rfc_6750_section_3_1() {
    let bench = Bench::new(Vec::new());
    let refusal = bench.check_headers(&[]).await.unwrap_err();
    assert_eq!(refusal.reason, Reason::MissingToken);
    assert_eq!((refusal.status, refusal.error), (401, None));
    assert!(refusal.message.starts_with("Missing Authentication Token"));
}

#[tokio::test]
async fn r02_garbage_short_and_huge_tokens_begin_with_agentcores_sentence() {
    let (provider, bench) = rfc9068().await;
    for garbage in ["garbage", "a.b", "a.b.c", "....", &"A".repeat(100_000)] {
        let refusal = bench.check(garbage).await.unwrap_err();
        assert_eq!(refusal.reason, Reason::MalformedToken, "{garbage:.20}");
        assert_eq!(
            (refusal.status, refusal.error),
            (401, Some("invalid_token"))
        );
        assert!(
            refusal
                .message
                .starts_with("OAuth authorization failed: Failed to parse token"),
            "{refusal}"
        );
    }
    assert_eq!(provider.key_requests(), 0, "garbage causes no fetch");
}

#[tokio::test]
async fn r19_a_second_authorization_header_is_refused_even_beside_a_good_token() {
    let (provider, bench) = rfc9068().await;
    let good = format!("Bearer {}", provider.token(SEED_API, NOW));
    assert!(bench.check_headers(&[good.as_bytes()]).await.is_ok());
    for second in [good.as_str(), "Basic eDp5", ""] {
        let headers = [good.as_bytes(), second.as_bytes()];
        let refusal = bench.check_headers(&headers).await.unwrap_err();
        assert_eq!(refusal.reason, Reason::SeveralHeaders);
        assert_eq!(refusal.status, 401);
    }
}

#[tokio::test]
async fn the_scheme_is_case_insensitive_and_everything_else_is_not_lenient() {
    let (provider, bench) = rfc9068().await;
    let token = provider.token(SEED_API, NOW);
    for good in [format!("bearer {token}"), format!("BEARER {token}")] {
        assert!(bench.check_headers(&[good.as_bytes()]).await.is_ok());
    }
    for bad in [
        format!("Bearer  {token}"),
        format!("Bearer\t{token}"),
        format!(" Bearer {token}"),
        format!("Bearer {token} "),
        format!("Bearer {token},{token}"),
        format!("Bearer: {token}"),
        token.clone(),
    ] {
        let refusal = bench.check_headers(&[bad.as_bytes()]).await.unwrap_err();
        assert!(
            matches!(
                refusal.reason,
                Reason::MalformedHeader | Reason::WrongScheme
            ),
            "{refusal:?}"
        );
        assert!(!refusal.message.contains(&token[..20]));
    }
}
