//! The negative list: every way a token request can be wrong.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};

use shukuba_model::{AuthMethod, Client};
use shukuba_store::ClientSecret;

use crate::{API, FORM, Fixture, GRANT, machine, token_request};

#[tokio::test]
async fn t01_only_post_asks_for_a_token() {
    let fixture = Fixture::new().await;
    for path in ["/oauth/token", "/token"] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = Request::builder().method(&method).uri(path);
            let answer = fixture.send(request.body(Body::empty()).unwrap()).await;
            answer.refused(405, "invalid_request");
            assert_eq!(answer.header("allow"), Some("POST, OPTIONS"), "{method}");
        }
    }
}

#[tokio::test]
async fn t02_anything_but_one_form_is_an_invalid_request() {
    let fixture = Fixture::new().await;
    let json = r#"{"grant_type":"client_credentials"}"#;
    let cases: [(&[&[u8]], &str); 9] = [
        (&[], GRANT),
        (&[b"application/json"], json),
        (&[b"application/json, text/plain"], GRANT),
        (&[b"text/plain"], GRANT),
        (&[b"multipart/form-data; boundary=x"], GRANT),
        (&[b"application/x-www-form-urlencodedx"], GRANT),
        (&[FORM.as_bytes(), FORM.as_bytes()], GRANT),
        (&[b""], GRANT),
        (&[b"\xff\xfe"], GRANT),
    ];
    for (types, body) in cases {
        let mut request = Request::post("/oauth/token").header(AUTHORIZATION, fixture.basic());
        for value in types {
            request = request.header(CONTENT_TYPE, HeaderValue::from_bytes(value).unwrap());
        }
        let answer = fixture.send(request.body(Body::from(body)).unwrap()).await;
        answer.refused(400, "invalid_request");
        assert!(answer.description().contains(FORM), "{}", answer.text);
    }
}

#[tokio::test]
async fn t02_a_charset_another_case_and_a_list_are_fine() {
    let fixture = Fixture::new().await;
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLEncoded",
        // As the page of Inspector 0.22 sends it where it speaks to the server itself.
        "application/json, application/x-www-form-urlencoded",
    ] {
        let request = Request::post("/oauth/token")
            .header(AUTHORIZATION, fixture.basic())
            .header(CONTENT_TYPE, content_type);
        let answer = fixture.send(request.body(Body::from(GRANT)).unwrap()).await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.text);
    }
}

#[tokio::test]
async fn t03_a_grant_type_is_needed() {
    let fixture = Fixture::new().await;
    for body in ["", "grant_type=", "audience=x", "&&&"] {
        fixture.post(body).await.refused(400, "invalid_request");
    }
}

#[tokio::test]
async fn t04_other_grants_are_unsupported() {
    let fixture = Fixture::new().await;
    for grant in [
        "password",
        "implicit",
        "CLIENT_CREDENTIALS",
        "client_credentials%20",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange",
        "%22%5C%C3%A9%0A",
    ] {
        let answer = fixture.post(format!("grant_type={grant}")).await;
        answer.refused(400, "unsupported_grant_type");
    }
}

#[tokio::test]
async fn t05_a_parameter_comes_once() {
    let fixture = Fixture::new().await;
    for twice in [
        "grant_type=client_credentials",
        "audience=a&audience=a",
        "scope=a&scope=b",
        "unknown=1&unknown=2",
        "audience=&audience=a",
        "audience=a&%61udience=a",
    ] {
        let answer = fixture.post(format!("{GRANT}&{twice}")).await;
        answer.refused(400, "invalid_request");
    }
}

#[tokio::test]
async fn t06_credentials_in_the_query_are_refused_even_when_they_are_right() {
    let fixture = Fixture::new().await;
    let (id, secret) = (fixture.client_id(), fixture.secret.reveal());
    for query in [
        format!("client_id={id}&client_secret={secret}"),
        format!("client_secret={secret}"),
        format!("client%5Fsecret={secret}"),
        GRANT.to_owned(),
    ] {
        let request = Request::post(format!("/oauth/token?{query}"))
            .header(CONTENT_TYPE, FORM)
            .header(AUTHORIZATION, fixture.basic());
        let answer = fixture.send(request.body(Body::from(GRANT)).unwrap()).await;
        answer.refused(400, "invalid_request");
        assert!(!answer.text.contains(secret), "the secret is not echoed");
    }
}

#[tokio::test]
async fn t07_one_way_to_authenticate_at_a_time() {
    let fixture = Fixture::new().await;
    let secret = fixture.secret.reveal();
    let both = fixture
        .post(format!("{GRANT}&client_secret={secret}"))
        .await;
    both.refused(400, "invalid_request");
    let another = fixture.post(format!("{GRANT}&client_id=another")).await;
    another.refused(400, "invalid_request");
    let twice = token_request()
        .header(AUTHORIZATION, fixture.basic())
        .header(AUTHORIZATION, fixture.basic());
    let twice = fixture.send(twice.body(Body::from(GRANT)).unwrap()).await;
    twice.refused(400, "invalid_request");
}

#[tokio::test]
async fn t08_a_wrong_secret_by_basic_is_challenged() {
    let fixture = Fixture::new().await;
    let id = fixture.client_id();
    for userinfo in [
        format!("{id}:wrong"),
        format!("{id}:{}x", fixture.secret.reveal()),
        format!("nobody:{}", fixture.secret.reveal()),
        format!("mcp:{}", fixture.secret.reveal()),
    ] {
        let header = format!("Basic {}", STANDARD.encode(userinfo));
        let request = token_request().header(AUTHORIZATION, header);
        let answer = fixture.send(request.body(Body::from(GRANT)).unwrap()).await;
        answer.refused(401, "invalid_client");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Basic realm="), "{challenge}");
    }
}

#[tokio::test]
async fn t09_a_wrong_secret_in_the_body_is_refused_without_a_password_prompt() {
    let fixture = Fixture::new().await;
    let body = format!(
        "{GRANT}&client_id={}&client_secret=wrong",
        fixture.client_id()
    );
    let answer = fixture.post_alone(body).await;
    answer.refused(401, "invalid_client");
    assert_eq!(answer.header("www-authenticate"), None);
}

#[tokio::test]
async fn t10_broken_basic_credentials_are_an_unknown_client() {
    let fixture = Fixture::new().await;
    let encoded = |userinfo: &[u8]| format!("Basic {}", STANDARD.encode(userinfo)).into_bytes();
    for header in [
        b"Basic".to_vec(),
        b"Basic ???".to_vec(),
        b"Basic \xff\xff".to_vec(),
        b"Bearer abc".to_vec(),
        b"\x80".to_vec(),
        encoded(b"no-colon"),
        encoded(b"id:%zz"),
        encoded(b"%4:secret"),
        encoded(b"\xff\xfe:secret"),
        encoded(b":"),
    ] {
        let value = HeaderValue::from_bytes(&header).unwrap();
        let request = token_request().header(AUTHORIZATION, value);
        let answer = fixture.send(request.body(Body::from(GRANT)).unwrap()).await;
        answer.refused(401, "invalid_client");
        assert!(answer.header("www-authenticate").is_some());
    }
}

#[tokio::test]
async fn t10_an_access_token_beside_the_credentials_of_the_body_is_passed_over() {
    let fixture = Fixture::new().await;
    let (id, secret) = (fixture.client_id(), fixture.secret.reveal());
    let send = async |body: String| {
        let request = token_request().header(AUTHORIZATION, "bearer an.old.token");
        fixture.send(request.body(Body::from(body)).unwrap()).await
    };
    let right = send(format!("{GRANT}&client_id={id}&client_secret={secret}")).await;
    assert_eq!(right.status, 200, "{}", right.text);
    for body in [
        format!("{GRANT}&client_id={id}"),
        format!("{GRANT}&client_id={id}&client_secret=wrong"),
        GRANT.to_owned(),
    ] {
        send(body).await.refused(401, "invalid_client");
    }
}

#[tokio::test]
async fn t11_a_client_proves_itself_the_way_it_was_registered_with() {
    let fixture = Fixture::new().await;
    for (method, basic, post) in [
        (AuthMethod::ClientSecret, 200, 200),
        (AuthMethod::ClientSecretBasic, 200, 401),
        (AuthMethod::ClientSecretPost, 401, 200),
        (AuthMethod::None, 401, 401),
        (AuthMethod::PrivateKeyJwt, 401, 401),
    ] {
        let client = Client {
            auth_method: method,
            ..machine(method.as_str(), &[API])
        };
        let secret = ClientSecret::generate();
        let created = fixture.store.create_client(&client, Some(secret.as_ref()));
        created.await.unwrap();
        let (id, secret) = (&client.id, secret.reveal());
        let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let request = token_request().header(AUTHORIZATION, header);
        let answer = fixture.send(request.body(Body::from(GRANT)).unwrap()).await;
        assert_eq!(answer.status, basic, "{method:?}: {}", answer.text);
        let body = format!("{GRANT}&client_id={id}&client_secret={secret}");
        let answer = fixture.post_alone(body).await;
        assert_eq!(answer.status, post, "{method:?}: {}", answer.text);
        if post == 401 {
            answer.refused(401, "invalid_client");
            assert!(answer.description().contains("registered with"));
        }
    }
}

#[tokio::test]
async fn t12_a_client_that_must_prove_itself_gets_nothing_by_its_id_alone() {
    let fixture = Fixture::new().await;
    let id = fixture.client_id();
    for body in [
        GRANT.to_owned(),
        format!("{GRANT}&client_id={id}"),
        format!("{GRANT}&client_id={id}&client_secret="),
        format!("{GRANT}&client_secret={}", fixture.secret.reveal()),
    ] {
        fixture
            .post_alone(body)
            .await
            .refused(401, "invalid_client");
    }
}

#[tokio::test]
async fn an_unknown_client_is_invalid_client_with_401_so_that_it_registers_again() {
    let fixture = Fixture::new().await;
    let unknown = format!("{GRANT}&client_id=forgotten");
    let answer = fixture.post_alone(unknown).await;
    answer.refused(401, "invalid_client");
    assert!(answer.description().contains("register the client again"));
}

#[tokio::test]
async fn two_secrets_work_at_a_time_and_a_removed_one_no_longer() {
    let mut fixture = Fixture::new().await;
    let id = fixture.application.id.clone();
    let old = fixture.store.client_secrets(&id).await.unwrap()[0]
        .id
        .clone();
    let new = ClientSecret::generate();
    fixture.store.add_client_secret(&id, &new, 2).await.unwrap();
    fixture.token(GRANT).await;
    let first = std::mem::replace(&mut fixture.secret, new);
    fixture.token(GRANT).await;
    fixture.store.remove_client_secret(&id, &old).await.unwrap();
    fixture.token(GRANT).await;
    fixture.secret = first;
    fixture.post(GRANT).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn t27_a_scope_that_was_not_granted_is_refused_and_none_is_needed() {
    let fixture = Fixture::new().await;
    let answer = fixture.post(format!("{GRANT}&scope=read%3Athings")).await;
    answer.refused(400, "invalid_scope");
    assert!(answer.description().contains("leave scope out"));
    for empty in ["scope=", "scope=+", "scope"] {
        let answer = fixture.post(format!("{GRANT}&{empty}")).await;
        assert_eq!(answer.status, 200, "{empty}: {}", answer.text);
    }
}

#[tokio::test]
async fn t38_success_is_not_stored_either() {
    let fixture = Fixture::new().await;
    let answer = fixture.post(GRANT).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn t39_large_requests_are_cut_short() {
    let fixture = Fixture::new().await;
    let megabyte = format!("{GRANT}&x={}", "a".repeat(1 << 20));
    fixture.post(megabyte).await.refused(413, "invalid_request");
    let just_over = format!("x={}", "a".repeat(64 * 1024 - 1));
    fixture
        .post(just_over)
        .await
        .refused(413, "invalid_request");
    let scope = format!("{GRANT}&scope={}", "a+".repeat(25_000));
    let answer = fixture.post(scope).await;
    answer.refused(400, "invalid_scope");
    assert!(answer.text.len() < 1_000, "{}", answer.text.len());
    let names: Vec<String> = (0..10_000).map(|n| format!("p{n}=")).collect();
    let answer = fixture.post(names.join("&")).await;
    answer.refused(413, "invalid_request");
    let names: Vec<String> = (0..5_000).map(|n| format!("p{n}=")).collect();
    let answer = fixture.post(names.join("&")).await;
    answer.refused(400, "invalid_request");
}

#[tokio::test]
async fn t40_what_a_stranger_sends_is_never_echoed_outside_the_allowed_characters() {
    let fixture = Fixture::new().await;
    for hostile in [
        "%22%5C%0D%0ASet-Cookie%3A%20x",
        "%E2%80%AE%F0%9F%98%80",
        "%00%7F",
    ] {
        for body in [
            format!("grant_type={hostile}"),
            format!("{GRANT}&audience={hostile}"),
            format!("{GRANT}&resource={hostile}"),
            format!("{GRANT}&scope={hostile}"),
            format!("{GRANT}&client_id={hostile}"),
            format!("{GRANT}&{hostile}=1&{hostile}=1"),
        ] {
            let answer = fixture.post(body).await;
            let error = answer.json()["error"].as_str().unwrap().to_owned();
            answer.refused(400, &error);
        }
    }
}

#[tokio::test]
async fn t41_the_eleventh_wrong_secret_of_a_minute_waits_and_the_right_one_does_not() {
    let fixture = Fixture::new().await;
    let wrong = format!(
        "{GRANT}&client_id={}&client_secret=wrong",
        fixture.client_id()
    );
    for _ in 0..10 {
        let answer = fixture.post_alone(wrong.clone()).await;
        answer.refused(401, "invalid_client");
    }
    let answer = fixture.post_alone(wrong.clone()).await;
    answer.refused(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("60"));
    let right = fixture.post(format!("{GRANT}&audience={API}")).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let other = format!("{GRANT}&client_id=other&client_secret=wrong");
    fixture
        .post_alone(other)
        .await
        .refused(401, "invalid_client");
    fixture.clock.advance(60);
    fixture
        .post_alone(wrong)
        .await
        .refused(401, "invalid_client");
}
